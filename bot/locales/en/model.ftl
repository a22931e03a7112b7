### /model: versions, their cards, and what an evaluation found.

model-list-title = Versions of the recogniser
model-list-none = There is no version yet. A training makes one: /train start.
model-line = **{ $version }** · { $data } · **{ $share }** right · { $when }
model-none-serves = -# None of them answers: the method that needs no training does.
model-choice = { $version } · { $data } · { $share } right
model-serves = ✅ Answers now.
model-serves-not = ▫️ Does not answer now.
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
model-names = Who
model-config = Options
model-parts = Parts and licences
model-promote-button = Let it answer
model-people-button = People
model-force-button = Let it answer all the same …
model-promoted = ✅ **{ $version }** answers from now on, as <@{ $member }> decided.
model-forced = -# Although it is not measured to be better: { $reason }
model-back = ↩️ **{ $version }** answers again, as <@{ $member }> decided.
model-back-to-none = ↩️ The method that needs no training answers again, as <@{ $member }> decided.
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
