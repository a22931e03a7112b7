### Naming faces, and the people who are known.

face-yes-button = { $number } ✓ { $name }
face-no-button = { $number } ✗ Not { $name }
face-other-button = { $number } Someone else …
face-who-button = { $number } This is …
face-change-button = { $number } Change …
faces-placeholder = Name or correct a face …
faces-page-placeholder = Faces { $first } to { $last } …
face-option = { $number } · { $name }
face-prompt = Face { $number }: is that right?
face-prompt-unknown = Face { $number }: who is this?

person-prompt = Who is face { $number }?
person-placeholder = Choose a person …
person-new-option = Another or a new name …
person-share-option = { NUMBER($share, style: "percent") } alike
name-title = Who is face { $number }?
name-label = Name
name-placeholder = As it is to appear under photos of this person

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
people-none = Nobody is known here yet. Send a photo with /classify, then press “This is …” under a face.
people-previous-button = ◀ Previous
people-next-button = Next ▶
people-footer = Page { $page } of { $pages }
