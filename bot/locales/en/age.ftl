### /age: the faces of a photo at another age.

age-photo-choice = photo – its faces at another age
age-strip-choice = strip – one face at every decade, side by side
age-film-choice = film – one face, from young to old

age-to-title = At { $age }
age-years-title = { $years ->
        [one] One year
       *[other] { $years } years
    } { $way ->
        [younger] younger
       *[older] older
    }
age-strip-title = From decade to decade
age-film-title = From young to old
age-refused-title = { $faces ->
        [one] The face was left as it is
       *[other] The faces were left as they are
    }
age-present = looks about **{ $age }** (±{ $error } years)
age-shown = **{ $age }**
age-same-person = { $ages ->
        [all] at every age still the same person: at least { NUMBER($share, style: "percent") }
       *[one] still the same person: { NUMBER($share, style: "percent") }
    }
age-refusal-objected = left as it is: this person does not want to be changed
age-refusal-profile = left as it is: the face is seen from the side. A photo from the front works better
age-refusal-sunglasses = left as it is: sunglasses hide too much of the face
age-refusal-too-small = left as it is: the face is too small. A larger photo of it works better
age-refusal-unlike-training = left as it is: it is not like the faces that this model learnt from
age-refusal-child = left as it is: a face that looks younger than { $adult } is shown only a few years older or younger
age-no-prediction = For fun, not a prediction.
age-starter = This model came with Omokage and knows drawn people only. For photos, train one with /train start reage on pictures that you hold the rights to.
age-footer = { $model } · job { $job }
age-alt = { $output ->
        [strip] One face, as in the photo and at every decade, side by side
        [film] A film of one face, from young to old
       *[photo] The photo with faces at another age
    }
age-numbered-alt = The photo as it was, with its faces numbered

age-to-button = At { $age }
age-strip-button = ↔️ Strip
age-film-button = 🎞️ Film
age-faces-placeholder = 👤 Only some of the faces …
