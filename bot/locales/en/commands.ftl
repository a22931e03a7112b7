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

help-name = help
help-description = What Omokage can do
about-name = about
about-description = Version, licence, and what happens to your pictures
health-name = health
health-description = Whether everything is running
