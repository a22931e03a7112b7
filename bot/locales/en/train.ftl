### /train, and a training's message.

train-recogniser-choice = Recogniser (who is in a photo)
train-dcgan-choice = Generator (draws faces that never were)
train-vae-choice = Autoencoder (takes photos in, and draws)
train-reage-choice = Ageing (photos; still the same person)
train-caae-choice = Ageing, as published (CAAE)
preset-choice = { $preset } – { $recipe ->
        [recogniser-embedding] ready in seconds, from 3 pictures a person
        [recogniser-modern] a network of its own, the best of them
        [recogniser-classic] a network of its own, the original recipe
        [recogniser-slim] the original recipe, a small network
        [recogniser-gray] the original recipe, without colours
        [dcgan-light] the best for a machine without a GPU, 96 pixels
        [dcgan-small] the quickest, 64 pixels
        [dcgan-classic] the original recipe, a large network, 96 pixels
        [vae-vae] draws, too; between sharp and various
        [vae-autoencoder] shows photos most truly, draws less well
        [reage] for photos: predicts what changes, and lays it onto the photo
        [caae-light] for a machine without a GPU
       *[caae-paper] as published, 128 pixels, for a GPU
    } ({ $steps } steps)
data-choice = { $data } · { $people ->
        [one] one person
       *[other] { $people } people
    }, { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
data-unnamed-choice = { $data } · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
step-choice = Step { $step }
step-kid-choice = Step { $step } · KID (dlib) { $kid }
step-choice-accuracy = Step { $step } · { $share } right
run-choice = #{ $number } · { $preset } · { $state }

snapshot-title = 🗂️ Data set { $data }
snapshot-button = Train on it
snapshot-footer = The faces that were named here, as they are now. Job { $job }
train-begun = 🏋️ Training #{ $number } has begun. Its message below shows how it goes.
train-unfit = ⛔ This data set cannot be trained on yet.
train-asked = { $action ->
        [pause] Training #{ $number } rests at the next checkpoint. The last one was at step { $step }.
        [stop] Training #{ $number } ends at the next checkpoint. The last one was at step { $step }.
       *[resume] Training #{ $number } goes on from step { $step }.
    }
train-history-title = Trainings
train-history-none = There was no training yet. Begin one with /train start.
train-history-line = **#{ $number }** { $preset } · { $state } · step { $step } of { $steps } · { $when }

preflight-counts = **{ $data }**: { $people ->
        [one] one person
       *[other] { $people } people
    }, { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } ({ $even ->
        [yes] { $most }
       *[no] { $fewest } to { $most }
    } each).
preflight-pictures = **{ $data }**: { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } without names.
preflight-remark = { $code ->
        [few-to-generate] Only { $count } pictures: with fewer than { $minimum } a model learns them by heart. Add pictures.
        [will-copy] With fewer than { $minimum } pictures the model will partly copy them. “Nearest training pictures” under its faces shows how much; more pictures help.
        [few-people] There are fewer than { $minimum } people, so there is nothing to tell apart. Add pictures of somebody else.
        [few-pictures] Fewer than { $minimum } pictures of { $names }. Add some, or leave { $count ->
            [one] this person
           *[other] these people
        } out.
        [no-ages] The pictures have no ages. Whoever runs this bot brings pictures with ages in with “omokage data import FOLDER --ages”.
        [missing-ages] Fewer than { $minimum } pictures of the ages { $names }. Add pictures of them.
        [unbalanced-ages] There are many more pictures of some ages than of others (fewest and most: { $names }); ages with few will be learnt worse.
        [unbalanced] Some people have many more pictures than others, and will be named too often. Add pictures of those with few.
        [duplicates] { $count ->
            [one] One picture is
           *[other] { $count } pictures are
        } there twice, or almost; what is measured may look too good.
        [without-face] In { $count ->
            [one] one picture
           *[other] { $count } pictures
        } no face was found; recipes that look at faces pass over { $count ->
            [one] it
           *[other] them
        }.
        [small] { $count ->
            [one] One face is
           *[other] { $count } faces are
        } very small; larger pictures would be better.
        [damaged] { $count ->
            [one] One file was
           *[other] { $count } files were
        } damaged, and left out.
        [turned] { $count ->
            [one] One picture lay on its side, and is
           *[other] { $count } pictures lay on their sides, and are
        } kept upright.
       *[other] { $code }: { $count }
    }

run-title = Training #{ $number } · { $kind ->
        [dcgan] generator
        [vae] autoencoder
        [reage] ageing network
        [caae] ageing network (CAAE)
       *[recogniser] recogniser
    } · { $preset }
run-state = { $state ->
        [waiting] ⏳ Waiting for its turn
        [running] 🏋️ Training
        [pausing] ⏸️ Pausing …
        [paused] ⏸️ Paused
        [stopping] ⏹️ Stopping …
        [stopped] ⏹️ Stopped
        [failed] ❌ Failed
       *[finished] ✅ Finished
    }
run-handed-over = 🔌 Its worker had to go. Step { $step } is saved; the next free worker goes on from there.
run-state-short = { $state ->
        [waiting] waiting
        [running] training
        [paused] paused
        [stopped] stopped
        [failed] failed
       *[finished] finished
    }
run-step = **{ $percent } %** · step { $step } of { $steps }
run-data = { $data } ({ $people ->
        [one] one person
       *[other] { $people } people
    }, { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    })
run-data-unnamed = { $data } ({ $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    })
run-branched = branched at step { $step }
run-asked-by = for <@{ $member }>
run-loss = Loss
run-accuracy = Right in training
run-held-out = Right when held out
run-kid = KID (dlib)
run-faces = Face found
run-diversity = Variety
run-novelty = Newness
run-generator-loss = Generator's loss
run-discriminator-loss = Discriminator's loss
run-d-real = Real taken for real
run-d-fake = Drawn taken for real
run-held-out-loss = Loss when held out
run-reconstruction-loss = Of reconstruction
run-divergence-loss = Of divergence
run-age-error = Years beside the age
run-identity-kept = Same person
run-legend = By dlib's embedding: KID is how far the drawn faces are from real ones, less is better; variety and newness are 1 for real faces, and newness near 0 is copied.
run-ending = 🛟 It ended by itself at step { $step }: { $code ->
        [discriminator-won] the discriminator had won, and nothing more was to be learnt from it.
        [diversity-fell] the faces became all alike.
        [never-learnt] from the beginning it drew the same picture every time, and never a face. A smaller learning rate may help.
       *[worse-and-worse] it became worse and worse.
    } It went back to step { $best }, with { $figure ->
        [kid] KID (dlib) { $value }
        [held_out_loss] a held-out loss of { $value }
       *[other] { $figure } { $value }
    }.
run-speed = Speed
run-steps-per-second = { $steps } steps/s
run-left = Time left
run-spent = Trained for
run-made = It made **{ $version }**.
run-made-accuracy = It made **{ $version }**, which is right in **{ $share }** of { $pictures ->
        [0] the
       *[other] { $pictures }
    } held-out pictures.
run-made-kid = It made **{ $version }**: KID (dlib) **{ $kid }**, a face is found in **{ $share }** of its pictures.
run-made-age = It made **{ $version }**: the faces that it ages miss the age that they are to show by **{ $years }** years, and **{ $share }** are still taken for the same person.
run-samples = What training #{ $number } makes
run-curves-alt = The curves of training #{ $number }
run-moved = ➡️ Goes on in [a newer message]({ $url }).
run-button = { $action ->
        [pause] Pause
        [resume] Resume
        [stop] Stop
        [best] Roll back to best …
        [promote] Let it answer
       *[card] Card
    }
run-best-is-newest = The newest checkpoint, at step { $step }, is the best one. There is nothing to roll back.
run-back-question = The best checkpoint of training #{ $number } is at step { $step }. What came after it, up to step { $last }, will be forgotten, and the training rests there.
run-back-button = Roll back to step { $step }
run-back-done = Training #{ $number } is back at step { $step }, and rests there.

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
