### /optimize: pictures that the recogniser takes for somebody whom they do not show.

optimize-fool-choice = fool – a photo, changed so little that we hardly see it
optimize-noise-choice = noise – random noise that stays noise to us
optimize-dream-choice = dream – noise in which shapes appear

optimize-named-title = { $mode ->
        [fool] To us it shows the same person as before. The recogniser says: { $target }
       *[other] There is nobody in this picture. The recogniser says: { $target }
    }
optimize-named-text = { $mode ->
        [fool] **/classify** now names this face as **{ $target }**.
       *[other] Even **/classify** finds a face in it and names it as **{ $target }**.
    }
optimize-leans-title = { $mode ->
        [fool] Almost: of those it knows, { $target } is now the likeliest, but it names nobody
       *[other] Of those it knows, it is most like { $target }, but the recogniser is not taken in
    }
optimize-leans-text = { $mode ->
        [fool] **/classify** says “nobody I know” to it: not sure enough of **{ $target }** to say the name. More steps, or a wider bound, may do it.
       *[other] Had it to be somebody, it would be **{ $target }**. But “nobody I know” is an answer, too, and that is what **/classify** says.
    }
optimize-unseen-title = If this is a face, it is { $target }, thinks the recogniser. But no face is found in it
optimize-unseen-text = { $open ->
        [rejected] Taken as a face that had to be somebody's, it is **{ $target }**. But **/classify** looks for faces first and finds none here; and even to a face like this it would say “nobody I know”.
       *[taken] Taken as a face, it is **{ $target }**, even where “nobody I know” is an answer, too. But **/classify** looks for faces first, finds none here, and names nobody.
    }
optimize-lost-title = No face is found in the photo any more, so nobody is named
optimize-lost-text = The change has hidden the face instead of turning it into **{ $target }**: **/classify** finds no face in this file. Another seed, or a narrower bound, may do better.
optimize-missed-title = { $mode ->
        [fool] The recogniser was not fooled: it does not say { $target }
       *[other] It did not become { $target }
    }
optimize-missed-text = { $mode ->
        [fool] Within this bound and so many steps, no change made **/classify** say **{ $target }**. More steps, or a wider bound, may do it.
       *[other] After so many steps the recogniser still does not take it for **{ $target }**. More steps, or another seed, may do it.
    }
optimize-file = **picture.png** is, to the bit, the file that was judged: download it and try.
optimize-bound = at most ±{ $epsilon } of 255
optimize-networks = attacked: { $networks }
optimize-network = { $network ->
        [cnn] the trained network
        [dlib] dlib's ResNet
        [sface] SFace
       *[other] { $network }
    }
optimize-network-list = { $names } and { $last }, at once
optimize-seed = seed { $seed }
optimize-made-robust = made to survive JPEG
optimize-continued = continued
optimize-stopped = stopped early

optimize-before = Before
optimize-after = After
optimize-no-face = no face found
optimize-nobody = **nobody I know**
optimize-likeliest = { $found ->
        [no] taken as a face:
            { $people }
       *[yes] { $people }
    }
optimize-unknown = none of them: { $chance }
optimize-jpeg = After JPEG compression (quality 85)
optimize-brief = { $says } · { $share }
optimize-transfer = What other recognisers say
optimize-transfer-line = { $model }: { $before } → { $after } · { $share }
optimize-change = What was changed
optimize-norms = { $changed } of the pixels, no colour by more than { $linf } of 255 levels (L∞), in all { $length } (L2)
optimize-footer = { $model } · { $steps ->
        [one] one step
       *[other] { $steps } steps
    } in { $seconds } s · job { $job }
optimize-picture-alt = { $mode ->
        [fool] The changed photo
       *[other] The picture that was made
    }
optimize-sheet-alt = Where it began, what came of it, the difference, enlarged 16 times, and the curve of the probability

optimize-step = 🎯 Step { $step } of { $steps }: probability of { $target } { $chance }
optimize-stopping = 🎯 Stopping: what there is so far is looked at and posted …
optimize-progress-alt = The picture so far, with the curves of the loss and the probability

optimize-stop-button = Stop
optimize-on-button = ▶️ Continue
optimize-wider-button = ↔️ Allow twice the change
optimize-robust-button = 🗜️ Make it survive JPEG
optimize-again-button = 🎲 Another one
