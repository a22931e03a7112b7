### What went wrong, and what to do about it.

error-not-an-image = That is not a picture I can read. Please send a JPEG, PNG, WebP or GIF file.
error-broken-image = The picture is damaged. Please save or download it again, and send the new file.
error-cut-off = The picture is cut off: the end of the file is missing. Please save or download it again, and send the new file.
error-too-large = The file is larger than 10 MiB. Please send a smaller copy, for example a screenshot of it.
error-too-many-pixels = The picture has more than 25 megapixels. Please make it smaller and send it again.
error-no-face = I found no face in this picture. Try one in which the faces are larger, sharper, and turned to the camera.
error-no-picture = This message has no picture. Use this on a message with a photo, or attach one with /classify.
error-photo-gone = The picture is no longer there: pictures are kept for some time, then deleted. Please send it again.
error-face-gone = This face is no longer stored: faces that nobody named are deleted after some time. Please send the photo again.
error-link-preview = The picture in this message is only the preview of a link to another site, from which I fetch nothing. Please save it, and send it with /classify.
error-queue-full = { $waiting ->
        [one] One job is waiting already
       *[other] { $waiting } jobs are waiting already
    }. Please wait for some of the answers, or cancel one with /jobs.
error-not-allowed = { $reason ->
        [labelling-moderators] In this server only moderators may name faces. Please ask one of them; they can change that with /settings labelling.
        [labelling-roles] In this server only moderators and members with one of these roles may name faces: { $roles }.
        [labelling-off] Naming faces is switched off in this server. A moderator can change that with /settings labelling.
        [moderators] Only moderators may do that. Please ask one of them.
        [server-managers] Only members who may manage this server (the permission “Manage Server”) may do that. Please ask one of them.
        [oneself] Only you yourself can have what you did deleted: use /privacy forget-me.
        [objected] Somebody in this photo does not want their face to be changed. Please use another photo.
       *[other] Only the member who asked, or a moderator, may do that.
    }
error-bad-name = { $reason ->
        [long] The name is too long. Please use 64 characters at most.
        [reserved] That is what I call a face that I do not know, so a person of that name could not be told from nobody. Please use another name.
        [mention] The name must not contain a mention or an emoji of a server. Please write it as plain text.
       *[other] The name has characters in it that cannot be shown. Please type it again.
    }
error-unknown-person = This person is no longer known here. Choose somebody else, or type the name.
error-unknown-receipt = There is no such receipt in this server.
error-unknown-job = There is no such job in this server. It may be too old: answers are kept for some time, then deleted. /show offers those that there are.
error-name-taken = Somebody else is called “{ $name }” already. Choose another name.
error-people-conflict = “{ $name }” and “{ $into }” are not the same person, going by what was said here. Photos that show both: { $photos }. Faces of either that somebody said are not the other: { $labels }. Nothing was changed. If they are the same, please correct those names under the photos first.
error-no-consent = Photos are learnt from only if those in them agreed. Tick one of the two boxes, or leave it.
error-worker-away = 💤 The machine that reads photos does not answer at the moment. Try again in a minute; no answer of yours is lost.
error-nothing-to-explain = There is nothing to explain here: a member has named this face, or no stored picture of that person can be compared with it any more.
error-card-closed = This card is answered already, or its faces were settled by others meanwhile.
error-nothing-to-undo = You have not answered a card yet, so there is nothing to take back.
error-merge-oneself = Both names are the same person's. Choose somebody else.
error-split-none = No picture was chosen, so nothing was changed.
error-split-all = **{ $name }** would have no picture left. If all of them show somebody else, use /people rename; with a single picture there is nothing to split.
error-no-such-alias = “{ $name }” has no such alias. Choose one from the list.
error-too-many-aliases = “{ $name }” has { $maximum } aliases already, and more are not kept. Take one away first.
error-already-finished = It is finished already. /show posts its answer again.
error-workers-died = { $attempts } workers stopped unexpectedly since the last checkpoint. It goes on from there by itself, after a pause that grows; nothing that was saved is lost. If this lasts, the operator should look at the memory of the GPU host.
error-too-many-attempts = This failed several times, so I gave up. If a photo is part of it, try another file format or a smaller picture.
error-unknown-dataset = There is no such data set here. Choose one from the list; whoever runs this bot brings pictures in with “omokage data import”.
error-dataset-removed = “{ $title }” was removed, and its pictures are gone. Choose another one from the list.
error-dataset-in-use = Run #{ $number } is still to train on this data set. Stop the run first.
error-dataset-changed = The data set's files are not what they were when it was made. Whoever runs this bot can import the pictures again; the training goes on with a new version.
error-dataset-unfit = { $remark ->
        [few-people] The data set has fewer than two people, so there is nothing to tell apart. Name more people under answers of /classify, or add pictures of them.
        [few-pictures] Some people have too few pictures to learn from ({ $names }). Add pictures of them, or leave them out.
        [without-face] No face was found in any picture of the data set. Add pictures in which faces are larger.
        [no-ages] The pictures of the data set have no ages. Whoever runs this bot brings pictures with ages in with “omokage data import FOLDER --ages”.
        [missing-ages] The data set has fewer than { $minimum } pictures of the ages { $names }. Add pictures of them.
        [few-to-generate] The data set has fewer than 100 pictures: a model would learn them by heart. Add pictures.
        [few-ages] Only { $count } pictures of the data set have an age, and { $minimum } are needed. Ages are in the names of files (34_1_anything.jpg: 34 years, a woman) or in a CSV; see docs/data.md.
       *[other] The data set cannot be trained on ({ $remark }). Whoever runs this bot sees more with “omokage data list”.
    }
error-no-ages = None of the pictures has an age. Whoever runs this bot brings pictures with ages in with “omokage data import FOLDER --ages”: called like 34_1_a.jpg (age, then 0 for male or 1 for female), or with a CSV file that has the columns file and age.
error-bad-archive = This is not a folder or zip file with one folder for each person. Please pack it again.
error-bad-export = { $reason ->
        [photo] A photo in the file cannot be read as a picture ({ $file }). Nothing was changed.
        [newer] The file was made by a later version of Omokage. Whoever runs this bot can update it. Nothing was changed.
        [many-faces] There are more faces than one file may hold ({ $limit }). Nothing was changed.
       *[other] The file is damaged, or no export of Omokage. Please export again, and send the file as it is. Nothing was changed.
    }
error-people-known = People of these names are known here already: { $names }. Nothing was changed. Whoever runs this bot can merge them: omokage people import FILE --force
error-unknown-run = There is no such training in this server. /train history lists them.
error-unknown-checkpoint = There is no checkpoint at or before step { $step }. Those that there are: { $known }.
error-unknown-preset = There is no preset “{ $preset }”. Those that there are: { $known }.
error-bad-option = The option { $option } cannot be “{ $value }”. Allowed: { $allowed }.
error-run-under-way = Training #{ $number } of this kind is under way already. Wait for it, or stop it with /train stop.
error-run-state = { $state ->
        [waiting] Training #{ $number } is already waiting for its turn.
        [running] Training #{ $number } is already under way.
        [paused] Training #{ $number } is paused. Resume it first, or stop it.
        [stopped] Training #{ $number } was stopped. It can be resumed.
        [failed] Training #{ $number } has failed. It can be resumed, or rolled back to a checkpoint.
       *[finished] Training #{ $number } is finished. Branch from it to go on with other options.
    }
error-diverged = The training came off the rails at step { $step }: the loss is no number any more. Roll back to a checkpoint and branch with a smaller learning rate.
error-disk-full = My disk is full. Nothing that was saved is lost. Please ask my operator to make room, then try again; a training can be resumed from its last checkpoint.
error-storage-full = This server has stored as many pictures as it may ({ $used } of { $quota }). Older ones are deleted after some time; whoever runs this bot can allow more.
error-unknown-version = There is no such model version here. /model list shows those that there are.
error-bad-weights = A file of the model is damaged, cut off, or not what its card says. Choose another version, or roll the training back to an older checkpoint.
error-unknown-embedder = This version compares faces by a face network that this Omokage does not know ({ $embedder }). Choose another version, or update Omokage.
error-withdrawn = This version is withdrawn: somebody whose pictures it was trained with is forgotten, so its file is deleted. Choose another version.
error-not-better = On the pictures held out from both, this version is right in { NUMBER($new, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) } of the cases, and the one that answers now in { NUMBER($old, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) }. So it does not take its place.
error-not-comparable = This version and the one that answers now were not measured on the same pictures, so nobody can say which is better.
error-no-data = There is no data set in this server yet. /train snapshot makes one of the faces that were named here. Or whoever runs this bot brings pictures in, a folder for each person: `omokage data import FOLDER --name people --guild { $guild }`.
error-elsewhere = In this server I answer in these channels: { $channels }. Please ask me again there; a moderator can change that with /settings channels.
error-named-objector = This answer names somebody who does not want to be named any more, so I do not show it again.
error-nobody-known = Nobody has been named in this server yet, so there is nothing to export.
error-gallery = I may not post in that channel. Give me the permissions to see it, to send messages and to embed links, or choose another channel.
error-list-full = There are { $most } on that list already, which is the most. Take one off first, with allowed set to false.
error-channel = I may not post pictures in this channel, so a training could not be watched here. Give me the permissions to send messages, embed links and attach files, or use another channel.
error-no-report = This version was not measured, so there is nothing to show.
error-none-serves = No trained version answers at the moment, so there is nothing to take back.
error-no-model = Nothing draws faces here yet. A moderator can train a model with /train start, or say model “starter dcgan” (for photos “starter vae”), which come with the bot.
error-no-age-model = Nothing ages faces here yet. A moderator can train a model with /train start.
error-unknown-model = There is no model “{ $model }” here. Those that there are: { $known }.
error-no-encoder = { $model } draws faces, but cannot take a photo in. Those that can: { $known }.
error-unknown-trait = The model does not know “{ $trait }”. What it knows: { $known }.
error-photo-and-seed = For each of the two faces give a photo or a seed, not both.
error-nothing-added = There is nothing to add. Give seeds with add (3 5 9), or a photo with add-photo.
error-trait-form = Traits are words with a number behind them: smile 1.5, glasses -1.
error-not-trained = No trained recogniser answers here yet, so there is none to fool. A moderator can train one with /train start and let it answer with /model promote.
error-unknown-target = The recogniser does not know “{ $target }”. It knows, for example: { $known }.
error-same-person = The recogniser takes this photo for { $target } already. Choose somebody else, or another photo.
error-fool-without-photo = Mode fool changes a photo, so attach one. Or choose mode noise or dream, which need none.
error-photo-without-fool = Modes noise and dream start from noise, so leave the photo out. Or choose mode fool, which changes it.
error-epsilon-without-fool = Epsilon is about mode fool, which keeps near its photo. Modes noise and dream have no bound, so leave it out.
error-years-and-to = Give the years to add or the age to reach, not both.
error-zero-years = In zero years nothing changes. Give years to add (30), or to take away (-20).
error-age-of-series = A strip or film shows a face at all ages, so leave years and to out. Or choose photo, which has one age.
error-not-better-kid = The pictures of this version are further from real ones (KID (dlib) { $new }) than those of the version that draws now ({ $old }). So it does not take its place.
error-not-better-age = The faces that this version ages miss the age that they are to show by { $new } years, those of the version that ages faces now by { $old }. So it does not take its place.
error-draws-no-face = No face is found in any picture that this version draws. So it does not draw here.
error-internal = Something went wrong on my side. Please try again in a few minutes; if it happens again, tell whoever runs this bot the job number.
error-outdated = This command has changed since your Discord was started. Please restart Discord (Ctrl+R) and try again.
error-unknown-item = I do not know this button or form any more. Please use the command again.
error-servers-only = This works only in a server. Please use it in a channel.
error-job-line = -# Job { $job }
