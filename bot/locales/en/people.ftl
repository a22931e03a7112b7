### Naming faces, and the people who are known.

face-yes-button = { $number } ✓ { $name }
face-no-button = { $number } ✗ Not { $name }
face-other-button = { $number } Someone else …
face-who-button = { $number } This is …
face-why-button = { $number } Why?
face-change-button = { $number } Change …
faces-placeholder = Name or correct a face …
faces-page-placeholder = Faces { $first } to { $last } …
face-option = { $number } · { $name }
face-prompt = Face { $number }: is that right?

person-placeholder = Choose a person …
person-share-option = { NUMBER($share, style: "percent") } alike
name-title = Who is face { $number }?
name-label = Name
name-placeholder = As it is to appear under photos of this person
name-who-label = Somebody I know
name-other-label = Or another name
name-other-description = A new person, or somebody who is not in the list. A typed name counts more than a choice.
name-nothing = You chose nobody and typed no name, so face { $number } stays as it was. Please press the button again to name it.
name-typed-counts = You chose **{ $chosen }** and typed **{ $typed }**. A typed name counts more, so face { $number } is **{ $typed }** now; please press “{ $number } Change …” if it should be **{ $chosen }**.

faces-name-button = Name these faces ({ $numbers }) …
names-title = Who are these people?
names-face-label = Face { $number }
names-placeholder = A name, or leave it empty
names-likely-placeholder = Perhaps { $name }? Or leave it empty
names-nothing = You typed no name, so everything stays as it was. Please press the button again to name the faces.
names-all-named = Every face in this photo has a name by now. Thank you!
names-refused = **{ $number }** · { $reason }
names-saved = Thank you, noted: { $saved }
names-saved-face = **{ $number }** { $name }

label-saved = Thank you. Face { $number } is now **{ $name }**; I know this person from { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }.
label-rejected = Noted: face { $number } is not **{ $name }**.

people-title = { $people ->
        [one] One person is known here
       *[other] { $people } people are known here
    }
people-line = **{ $name }** · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
people-line-aliases = also { $aliases }
people-aliases = **{ $name }** is also found as { $aliases }.
people-aliases-none = **{ $name }** has no further names. Give one with the option “add”, for example the reading in kana.
people-added = Noted: **{ $name }** is known now, though from no picture yet. Press “This is …” under a photo of theirs and type that name.
people-not-compared = { $pictures ->
        [one] one of them cannot be compared since the update: its photo is gone. Name another photo.
       *[other] { $pictures } of them cannot be compared since the update: their photos are gone. Name another photo.
    }
people-objects = does not want to be named or changed
people-objection-recorded = Noted: from now on no answer names **{ $name }**, says how old they look, or shows their face changed, wherever I take a face for theirs. Pictures of answers that named them are deleted; messages that were posted stay. The more of their photos are named here, the surer that is.
people-objection-withdrawn = Noted: **{ $name }** does not object any more, and may be named and shown at other ages.
people-history-title = Who named { $name }
people-history-line = { $label ->
        [is-not] { $member } said of a face that it is not theirs
       *[is] { $member } named a face so
    }
people-history-operator = whoever runs this bot (or somebody who was forgotten since)
people-history-message = message
people-history-more = … and { $labels } more, which are older
people-history-none = Nobody has named a face so. The name came with pictures that were imported.
people-renamed = **{ $before }** is called **{ $name }** now.
people-merge-question = Are **{ $name }** ({ $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }) and **{ $into }** ({ $others ->
        [one] one picture
       *[other] { $others } pictures
    }) the same person, who is called **{ $into }** then? It cannot be taken back.
people-merge-button = They are the same person
people-merged = **{ $merged }** is **{ $name }** now, of whom there { $pictures ->
        [one] is one picture
       *[other] are { $pictures } pictures
    }.
people-remove-question = Delete **{ $name }** ({ $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }), what was said of them, and the photos that show nobody else with a name? It cannot be taken back.
people-remove-button = Delete { $name }
people-removed = **{ $name }** is deleted. Faces deleted: { $faces }. Photos deleted: { $photos }.
people-removed-datasets = Pictures that were imported are still in: { $datasets }. Whoever runs this bot takes them out with “omokage data remove”.
people-removed-versions = Models that were trained on them name nobody so any more: { $versions }.
people-none = Nobody is known here yet. Send a photo with /classify, then press “This is …” under a face.
people-previous-button = ◀ Previous
people-next-button = Next ▶
people-footer = Page { $page } of { $pages }

people-public-listed = **{ $name }** is on the list of public people. Photos of the chat are learnt from only where `/settings learning` allows it.
people-public-unlisted = **{ $name }** is not on the list of public people any more.
why-title = Face { $number }: why { $name }?
why-only = I know **{ $name }** from { $count ->
        [one] this one picture
       *[other] these { $count } pictures
    } only: { NUMBER($before, style: "percent") }. Without { $count ->
        [one] it
       *[other] them
    } I would not know the name at all.
why-decisive = { $pictures ->
        [one] This picture decides
       *[other] These { $pictures } pictures decide
    }, of { $count }: without { $pictures ->
        [one] it
       *[other] them
    } it would be **{ NUMBER($after, style: "percent") }** instead of { NUMBER($before, style: "percent") }.
why-robust = No { $pictures } of the { $count } pictures decide. Without these, which speak most for the name, it would still be **{ NUMBER($after, style: "percent") }** instead of { NUMBER($before, style: "percent") }.
why-needed = Only without { $needed } of the { $count } pictures would the name go.
why-needed-more = Even without twelve pictures I would give the name.
why-trained = The answer said { NUMBER($share, style: "percent") }, which is the estimate of { $model }. What a trained version would say without a picture only another training could tell, so the figures here are those of comparing the face with the named pictures directly.
why-changed = The answer said { NUMBER($share, style: "percent") }; faces were named or changed since.
why-picture = **{ $number }** · { $when } · named by { $member }
why-copies = with { $copies ->
        [one] a copy
       *[other] { $copies } copies
    } of the same picture
why-gone = the photo is no longer stored
why-blurred = This person objected to being shown at other ages, so their face is blurred here, too.
why-picture-alt = The face, and beside it { $pictures ->
        [one] the picture that speaks
       *[other] the { $pictures } pictures that speak
    } most for the name
why-footer = Only you see this · job { $job }

people-exported = { $people ->
        [one] One person
       *[other] { $people } people
    } of this server with { $faces ->
        [one] one face
       *[other] { $faces } faces
    } and { $photos ->
        [one] one photo
       *[other] { $photos } photos
    }. Whoever has the file has all of that, also of people who are forgotten here later: keep it safe, and delete it when it has done its work. My copy is deleted within a minute. `omokage people import` reads it.
people-export-too-large = The photos of all people here are too large for a message. Whoever runs this bot can write the file: `omokage people export people.zip --guild { $guild }`
people-export-gone = This file is deleted: I keep it only until it is posted. /people export writes another.
people-export-alt = All people of this server as a zip file
split-list-title = Which pictures of { $name } show somebody else?
split-picture-alt = A sheet of { $pictures } numbered faces
split-blurred = -# Faces of this person are blurred, since the person does not want to be shown.
split-button = Choose pictures …
split-title = Split { $name }
split-faces-label = Pictures of somebody else
split-name-label = Who is that?
split-option = { $number } · { $date }
split-done = Done: { $faces ->
        [one] one face shows
       *[other] { $faces } faces show
    } **{ $other }** now, of whom I know { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }. It is noted that **{ $other }** and **{ $name }** are two people.
split-versions = Models that were trained before name both **{ $name }** until they are trained anew: { $versions }.
