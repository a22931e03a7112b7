### /generate, /morph, /mix, and what can be done with their answers.

draw-grid-title = { $count ->
        [one] A face that never was
       *[other] { $count } faces that never were
    }
draw-variations-title = { $count ->
        [one] One variation
       *[other] { $count } variations
    } of { $face }
draw-morph-title = From { $a } to { $b }
draw-mix-title = A mix of faces
draw-film-title = A film through { $count } faces
draw-nearest-title = The training pictures that { $face } is most like
draw-seeds = { $count ->
        [one] Seed **{ $first }**
       *[other] Seeds **{ $first }** to **{ $last }**
    }
draw-face-seed = face { $seed }
draw-face-photo = the face in the photo
draw-truncation = truncation { $value }
draw-trait = { $trait } { $amount }
draw-trait-name = { $trait ->
        [smile] smile
        [glasses] glasses
        [beard] beard
        [age] age
        [long-hair] long hair
       *[other] { $name }
    }
draw-nearest-scale = Distances by dlib's embedding: 1 is how far new real faces are from their nearest training picture; near 0 it would be a copy.
draw-footer = { $model } · job { $job }
draw-grid-alt = { $count ->
        [one] A drawn face
       *[other] { $count } drawn faces in a grid
    }
draw-strip-alt = Drawn faces side by side
draw-film-alt = A film in which one drawn face turns into the next
draw-nearest-alt = The drawn face, and { $count ->
        [one] the training picture
       *[other] the { $count } training pictures
    } nearest to it

draw-again-button = 🎲 Other faces
draw-film-button = 🎞️ Film
draw-like-button = 🧬 Variations
draw-near-button = 🔎 Nearest training pictures
draw-like-placeholder = 🧬 Variations of …
draw-near-placeholder = 🔎 Training pictures nearest to …
draw-face-placeholder = 👤 More of a face
draw-trait-placeholder = 🎚️ More or less of …
draw-seed-option = Face { $seed }
draw-trait-option = { $sign ->
        [more] ➕ More: { $trait }
       *[less] ➖ Less: { $trait }
    }
draw-face-prompt = Face { $seed }: what would you like to see?
