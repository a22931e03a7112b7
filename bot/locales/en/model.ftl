### /model: versions, their cards, and what an evaluation found.

model-list-title = Versions of the { $kind ->
        [dcgan] generator
        [vae] autoencoder
        [reage] ageing network
        [caae] ageing network (CAAE)
       *[recogniser] recogniser
    }
model-list-none = There is no version yet. A training makes one: /train start.
model-line = **{ $version }** · { $data } · { $good } · { $when }
model-none-serves = { $kind ->
        [recogniser] -# None of them answers: the method that needs no training does.
        [reage] -# None of them was chosen: the newest one ages faces.
        [caae] -# None of them was chosen: the newest one ages faces.
       *[other] -# None of them was chosen: the newest one draws.
    }
model-choice = { $version } · { $data } · { $good }
model-embedder = Faces compared by
model-embedder-name = { $embedder ->
        [dlib] dlib's ResNet
        [both] dlib's ResNet and SFace
       *[other] { $name }
    }
model-retrained = Retrained by itself for the new face networks, from v{ $number }; same people.
model-withdrawn = Withdrawn: somebody whose pictures it was trained with is forgotten, so its file is deleted.
model-retraining-waits = Of the earlier face network. A worker retrains it for the new ones by itself as soon as it is free; until then it answers as ever.
model-retraining-promoted = v{ $number } was made of it for the new face networks; same people.
model-retraining-worse = v{ $number } was made of it for the new face networks, but is right in { $new } of the same held-out pictures, this one in { $old }. So v{ $number } waits as a candidate; /model promote lets it answer.
model-retraining-candidate = v{ $number } was made of it for the new face networks, and waits as a candidate; /model promote lets it answer.
model-retraining-data-gone = It could not be retrained for the new face networks: its data set is gone. It goes on with the earlier one. Import the pictures again, or take the faces that were named here, and train with /train start.
model-retraining-failed = It could not be retrained for the new face networks: its file is damaged, or no face was found in its pictures. Train a new one with /train start.
model-good-share = { $share } right
model-good-kid = KID (dlib) { $kid }
model-good-age = { $years } years beside the age
model-real-kid = real pictures: { $kid }
model-best-step = Best step
model-serves = ✅ Answers now.
model-serves-not = ▫️ Does not answer now.
model-draws-no-face = ⚠️ No face is found in any of its pictures, so it is not offered to draw. A longer training, more pictures or a smaller learning rate may help.
model-made = { $when }, for <@{ $member }>
model-footer = sha256 { $sha } · { $size }
model-accuracy = Right when held out
model-folds = { $folds ->
        [one] in one fold
       *[other] mean of { $folds } folds
    }
model-data = Data
model-people = People
model-ece = Calibration error
model-auroc = AUROC known / stranger
model-known = Known named, 1 % of strangers too
model-robustness = How easily it is fooled
model-not-checked = Not checked yet.
model-check-begins = 🔍 **{ $version }** is checked as soon as a worker has time. What it finds comes onto the card: /model card
model-fooled = Fooled within { $epsilon }/255, all networks attacked at once: { $share } of { $faces ->
        [one] one face
       *[other] { $faces } faces
    }, { $median ->
        [0] fewer than half of them.
        [one] half of them with one level.
       *[other] half of them with { $median } levels.
    }
model-textures = Textures named: { $closed } closed, { $open } open.
model-names = Who
model-config = Options
model-parts = Parts and licences
model-promote-button = Let it answer
model-people-button = People
model-force-button = Let it answer all the same …
model-promoted = { $kind ->
        [recogniser] ✅ **{ $version }** answers from now on, as <@{ $member }> decided.
        [vae] ✅ **{ $version }** takes photos in and draws from now on, as <@{ $member }> decided.
        [reage] ✅ **{ $version }** ages faces from now on, as <@{ $member }> decided.
        [caae] ✅ **{ $version }** ages faces from now on, as <@{ $member }> decided.
       *[other] ✅ **{ $version }** draws from now on, as <@{ $member }> decided.
    }
model-forced = -# Although it is not measured to be better: { $reason }
model-back = { $kind ->
        [recogniser] ↩️ **{ $version }** answers again, as <@{ $member }> decided.
        [reage] ↩️ **{ $version }** ages faces again, as <@{ $member }> decided.
        [caae] ↩️ **{ $version }** ages faces again, as <@{ $member }> decided.
       *[other] ↩️ **{ $version }** draws again, as <@{ $member }> decided.
    }
model-back-to-none = { $kind ->
        [recogniser] ↩️ The method that needs no training answers again, as <@{ $member }> decided.
        [reage] ↩️ No version is chosen any more, as <@{ $member }> decided: the newest one ages faces.
        [caae] ↩️ No version is chosen any more, as <@{ $member }> decided: the newest one ages faces.
       *[other] ↩️ No version is chosen any more, as <@{ $member }> decided: the newest one draws.
    }
force-offer = You can let it answer all the same, with a reason that everybody sees.
force-title = Let it answer all the same
force-label = Reason
force-placeholder = For example: knows three more people

report-title = { $version }: right in { $share } of the held-out pictures
report-data = { $pictures ->
        [one] One picture
       *[other] { $pictures } pictures
    } of { $people } people of **{ $data }**, each looked at by a model that had not seen it.
report-folds = By fold
report-confused = Most often mixed up
report-pair = { $name } taken for { $other }: { $times ->
        [one] once
       *[other] { $times } times
    }
report-nobody-confused = Nobody
report-footer = Job { $job }
report-confusion-alt = Who is taken for whom
report-reliability-alt = How honest the given chances are
recall-title = { $version }: how well each person is recognised
recall-line = **{ $name }** · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }, out-of-fold recall { $recall }
recall-taken-for = , { $times ->
        [one] once
       *[other] often
    } taken for { $other }
recall-none = **{ $name }** · no picture was held out
