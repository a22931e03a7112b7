### Names and descriptions of commands, as Discord lists them.
### Names: 1-32 letters, no capitals, no spaces. Descriptions: at most 100 characters.

classify-name = classify
classify-description = Say who is in a photo
classify-photo-name = photo
classify-photo-description = JPEG, PNG, WebP or GIF, up to 10 MiB
who-is-this-menu = Who is this?

show-name = show
show-description = Post the answer to an earlier photo again
show-job-name = job
show-job-description = Which one: choose from the list, or give the number from its last line

jobs-name = jobs
jobs-description = What you have asked for lately, and what is still in the queue
jobs-everyone-name = everyone
jobs-everyone-description = Those of all members (moderators only)

people-name = people
people-description = The people this server has named
people-list-name = list
people-list-description = Who is known here, and from how many pictures

settings-name = settings
settings-description = How Omokage behaves in this server
settings-labelling-name = labelling
settings-labelling-description = Who may name faces
settings-labelling-who-name = who
settings-labelling-who-description = Who may name faces and correct names
settings-language-name = language
settings-language-description = The language of answers that everybody sees
settings-language-which-name = which
settings-language-which-description = One language for all, or each member's own

train-name = train
train-description = Train the recogniser on this server's people
train-start-name = start
train-start-description = Start a training; a message in this channel shows how it goes
train-status-name = status
train-status-description = How a training is going
train-pause-name = pause
train-pause-description = Let a training rest; nothing is lost
train-resume-name = resume
train-resume-description = Go on with a training that rests, was stopped, or has failed
train-stop-name = stop
train-stop-description = End a training; its checkpoints are kept
train-rollback-name = rollback
train-rollback-description = Take a training back to a checkpoint; what came later is forgotten
train-branch-name = branch
train-branch-description = Start a new training from a checkpoint of another
train-history-name = history
train-history-description = The latest trainings, and what they brought
train-snapshot-name = snapshot
train-snapshot-description = Make a data set of the faces that were named in this server
train-kind-name = kind
train-kind-description = What is trained
train-preset-name = preset
train-preset-description = Which recipe; without one the quickest, which needs only seconds
train-data-name = data
train-data-description = Which data set; without one the newest
train-steps-name = steps
train-steps-description = How many steps; without a number as many as the recipe says
train-size-name = size
train-size-description = Pixels a side of the faces; smaller is quicker, larger is better
train-batch-name = batch
train-batch-description = Faces a step
train-learning-rate-name = learning-rate
train-learning-rate-description = How large the steps are; smaller is slower and safer
train-fold-name = fold
train-fold-description = Which sixth of the pictures is held out, to measure with
train-seed-name = seed
train-seed-description = Another number begins from other random weights
train-run-name = run
train-run-description = Which training; without one the newest
train-step-name = step
train-step-description = Of which checkpoint; the nearest one before it counts

model-name = model
model-description = Versions of the recogniser, and which of them answers
model-list-name = list
model-list-description = All versions, and which of them answers
model-card-name = card
model-card-description = What a version was made from, and how good it is
model-promote-name = promote
model-promote-description = Let a version answer from now on, if it is not worse (moderators only)
model-rollback-name = rollback
model-rollback-description = Let answer again what did before (moderators only)
model-evaluate-name = evaluate
model-evaluate-description = Show how often a version is right, and whom it mixes up
model-version-name = version
model-version-description = Which one: choose from the list

help-name = help
help-description = What Omokage can do
about-name = about
about-description = Version, licence, and what happens to your pictures
health-name = health
health-description = Whether everything is running
