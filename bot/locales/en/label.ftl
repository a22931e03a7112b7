### /label: members say whom faces show, card by card.

label-grid-question = { $faces ->
        [one] **Is this { $name }?**
       *[other] **Are all of these { $name }?**
    } Choose the numbers of those who are somebody else.
label-name-question = **Who is this?**
label-left-out = No person: { $numbers }
label-progress = { $done } of { $goal } faces
label-slow-down = 🐢 That was very fast. Take your time: a look at each face helps more than a quick click.
label-grid-alt = Up to nine numbered faces, beside the person whom they may show
label-name-alt = A face, beside people whom it may show
label-others-placeholder = These are NOT { $name } …
label-no-person-placeholder = These show no person at all …
label-all-button = ✅ All right
label-no-person-button = 🚫 Not a person
label-skip-button = ⏭️ Skip
label-undo-button = ↩️ Undo
label-back-button = Back
label-nobody-button = Nobody of these
label-new-button = ✏️ Another name …
label-more-button = ▶️ Go on
label-new-title = Who is this?
label-finished = 🎉 { $done } faces: that is a round. Thank you! { $open ->
        [0] No face is left to ask about.
        [one] One more face waits.
       *[other] { $open } more faces wait.
    }
label-nothing-left = 🎉 { $done ->
        [one] One face answered.
       *[other] { $done } faces answered.
    } Nothing is left to ask you: the others have the word now.
label-nothing-to-do = There is no face to ask you about. Contribute photos with `/teach`, or come back when others have.
label-me-new = You have answered { $answers ->
        [0] no face yet.
        [one] one face.
       *[other] { $answers } faces.
    } After ten you see here how reliable your answers are; nobody else does.
label-me = You have answered { $answers } faces. You notice { NUMBER($noticed, style: "percent") } of the faces that are somebody else's, and leave { NUMBER($kept, style: "percent") } of those that are right. Only you see this.

learn-title = { $faces ->
        [0] 🎓 Nothing new to learn
        [one] 🎓 Learnt from one new label
       *[other] 🎓 Learnt from { $faces } new labels
    }
learn-data = Data set **{ $title }**: { $pictures } faces of { $people } people.
learn-gain = ▫️ **{ $name }**: { NUMBER($before, style: "percent") } → **{ NUMBER($after, style: "percent") }** of { $faces } faces named rightly
learn-accuracy = Trained head: { NUMBER($accuracy, style: "percent", maximumFractionDigits: 1) } of held-out faces right; without training { NUMBER($baseline, style: "percent", maximumFractionDigits: 1) }.
learn-unchanged = No label has changed since the last training.
learn-promoted = ✅ recogniser v{ $version } answers from now on.
learn-not-better = recogniser v{ $version } does not answer: comparing faces without training is better on the same held-out faces. The labels count all the same.
learn-other-serves = recogniser v{ $version } does not answer: moderators have promoted another model. /model promote changes that.
# The name of the thread in which the answers are, at most 100 characters.
learn-thread-name = What I learn from this server's labels
learn-elsewhere = What came of it: { $place }
learn-footer = How sure is that? /model card · job { $job }
