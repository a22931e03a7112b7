### The answer to "who is this?", and what is said while it is being worked on.

answer-nobody-title = { $faces ->
        [one] One face, but nobody I know
       *[other] { $faces } faces, but nobody I know
    }
answer-everybody-title = { $faces ->
        [one] I know who this is
       *[other] I know all { $faces } people in this photo
    }
answer-some-title = I know { $known } of { $faces } people in this photo
answer-unknown = unknown
answer-line-named = **{ $number }** · **{ $name }** { NUMBER($share, style: "percent") }
answer-line-likely = perhaps { $others }
answer-line-said = **{ $number }** · **{ $name }** ✓ said by <@{ $member }>
answer-line-confirmed = **{ $number }** · **{ $name }** ✓
answer-line-unknown = **{ $number }** · { answer-unknown }
answer-line-withheld = would be { $name } too, with { NUMBER($share, style: "percent") }, but I name nobody twice in one photo
answer-networks-disagree = the two face networks disagree here
answer-age = about { $age }
answer-age-note = Ages are guessed from how faces look, and wrong by { $error } years on average.
answer-share = { $name } { NUMBER($share, style: "percent") }
answer-more = … and { $faces ->
        [one] one more face
       *[other] { $faces } more faces
    }
answer-turned = ↻ { $way ->
        [over] The photo was upside down
       *[side] The photo lay on its side
    }, so I turned it upright.
answer-first-of = This message has { $pictures } pictures; this is the first one.
answer-asked-by = For <@{ $member }>
answer-footer = { $model } · { $seconds } s · job { $job }
answer-picture-alt = The photo with { $faces ->
        [one] one numbered face
       *[other] { $faces } numbered faces
    }
answer-cancelled = Cancelled. Nothing was kept of the answer.

progress-working = 🔎 Looking at the photo …
progress-queued = ⏳ { $ahead ->
        [0] Next in the queue
        [one] One photo is ahead of this one
       *[other] { $ahead } photos are ahead of this one
    }.
progress-estimate = About { $seconds ->
        [one] one second
       *[other] { $seconds } seconds
    } to go.
progress-estimate-minutes = About { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    } to go.
progress-no-worker = 💤 The machine that reads photos is away at the moment. Your photo is kept and gets its answer as soon as it is back.
progress-cancelling = Cancelling …
progress-stage = { $stage ->
        [reading] 📄 Reading the photo …
        [finding-faces] 🔎 Looking for faces …
        [recognising] 🧠 Comparing with the people I know …
        [drawing] ✏️ Drawing the answer …
       *[other] 🔎 Looking at the photo …
    }
progress-job-running = { $kind ->
        [export] 📦 Writing the file …
        [sheet] ✏️ Drawing the pictures with numbers …
        [why] 🔎 Comparing with fewer pictures …
        [snapshot] 🗂️ Gathering the named faces …
        [generate] 🎨 Drawing faces …
        [morph] 🎨 Drawing the way from face to face …
        [mix] 🎨 Drawing the mix …
        [film] 🎞️ Making the film …
        [nearest] 🔎 Looking through the training pictures …
        [age] 🕰️ Changing the age of the faces …
        [optimize] 🎯 Getting ready to fool the recogniser …
        [curate] 🧹 Looking through the pictures …
       *[evaluate] 📊 Measuring the model …
    }
progress-job-queued = ⏳ { $ahead ->
        [0] Next in the queue
        [one] One job is ahead of this one
       *[other] { $ahead } jobs are ahead of this one
    }.
progress-job-no-worker = 💤 The machine that draws and trains is away at the moment. This gets its answer as soon as it is back.
cancel-button = Cancel
