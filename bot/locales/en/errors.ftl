### What went wrong, and what to do about it.

error-not-an-image = That is not a picture I can read. Please send a JPEG, PNG, WebP or GIF file.
error-broken-image = The picture is damaged or cut off. Please save or download it again, and send the new file.
error-too-large = The file is larger than 10 MiB. Please send a smaller copy, for example a screenshot of it.
error-too-many-pixels = The picture has more than 25 megapixels. Please make it smaller and send it again.
error-no-face = I found no face in this picture. Try one in which the faces are larger, sharper, and turned to the camera.
error-no-picture = This message has no picture. Use this on a message with a photo, or attach one with /classify.
error-photo-gone = The picture is no longer there. Please send it again.
error-face-gone = This face is no longer stored. Please send the photo again.
error-queue-full = { $waiting ->
        [one] One photo is waiting already
       *[other] { $waiting } photos are waiting already
    }. Please wait for some of the answers, or cancel one with /jobs.
error-not-allowed = { $reason ->
        [labelling-moderators] In this server only moderators may name faces. Please ask one of them; they can change that with /settings labelling.
        [labelling-off] Naming faces is switched off in this server. A moderator can change that with /settings labelling.
        [moderators] Only moderators may do that. Please ask one of them.
       *[other] Only the member who asked, or a moderator, may do that.
    }
error-bad-name = { $reason ->
        [empty] The name is empty. Please type at least one letter.
        [long] The name is too long. Please use 64 characters at most.
        [mention] The name must not contain a mention or an emoji of a server. Please write it as plain text.
       *[other] The name has characters in it that cannot be shown. Please type it again.
    }
error-unknown-person = This person is no longer known here. Choose somebody else, or type the name.
error-unknown-job = There is no such job in this server. Choose one from the list that /show offers.
error-already-finished = It is finished already. /show posts its answer again.
error-too-many-attempts = Reading this picture failed several times, so I gave up. Please try another file format or a smaller picture.
error-internal = Something went wrong on my side. Please try again in a few minutes; if it happens again, tell whoever runs this bot the job number.
error-outdated = This command has changed since your Discord was started. Please restart Discord (Ctrl+R) and try again.
error-servers-only = This works only in a server. Please use it in a channel.
error-job-line = -# Job { $job }
