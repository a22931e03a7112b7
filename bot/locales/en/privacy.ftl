### What is kept, how long and why; the own data; forgetting people and members.

privacy-about-title = What I keep, and what you may ask for
privacy-about-kept = What is kept
privacy-about-kept-text = Photos that were sent with a command, my answers, and who asked. I read no other messages and learn from none: a face is learnt only when somebody names it, on purpose.
privacy-about-people = Of faces
privacy-about-people-text = Where each face is in its photo, and an embedding: numbers by which it is recognised. That is biometric data. Without a name it goes with the answer; with a name it stays until the name is taken away.
privacy-about-rights = What you may ask for
privacy-about-rights-text =
    `/privacy my-data` counts what is kept of you in this server, `/privacy export` hands it to you, `/privacy forget-me` deletes it.
    Are you in photos here and do not want to be? Ask a moderator: `/people object` keeps you from being named and changed, `/privacy forget-person` deletes everything of you.
privacy-about-operator = Who is responsible
privacy-about-operator-text = Whoever runs this bot, on their own machine. Nothing is sent anywhere but to Discord, and no other server sees any of it. `/privacy policy` has the times.

privacy-policy-title = How long what is kept
privacy-policy-times = Times
privacy-policy-times-text =
    Photos and answers: until { $days ->
        [0] somebody deletes them
        [one] one day after the answer
       *[other] { $days } days after the answer
    }. Tokens to answer with: 15 minutes. Faces with a name, data sets and models: until somebody deletes them. Objections: until they are withdrawn.
privacy-policy-deletion = Deletion
privacy-policy-deletion-text = `/privacy forget-person` deletes at once: faces, embeddings, photos, names in answers; data sets and models that learnt from them are withdrawn and made anew without the person. A receipt without a name proves it.
privacy-policy-purpose = What it is used for
privacy-policy-purpose-text = To name people in photos and to make pictures, in this server alone. Never sold or passed on.
privacy-policy-law = What laws call it
privacy-policy-law-text = Embeddings of faces are biometric data: a special category in the GDPR (article 9), biometric identifiers in Illinois (BIPA), 個人識別符号 in Japan (APPI). They ask for consent or another ground, which whoever runs this bot and the moderators are responsible for. This is no legal advice.
privacy-policy-footer = The whole text is docs/privacy.md, which comes with the bot.

privacy-my-data-title = What is kept of you in this server
privacy-my-data-none = Nothing. As soon as you use a command there is something.
privacy-my-data-text = `/privacy export` hands it to you, `/privacy forget-me` deletes it.
privacy-my-data-kept = Yours: deleted with you
privacy-my-data-made = Stays, but no longer says who it was
privacy-count = { $kind ->
        [jobs] Commands: { $count }
        [photos] Photos: { $count }
        [pictures] Pictures of answers: { $count }
        [labels] Names that you gave to faces, which stay without saying who gave them: { $count }
        [people] People whom you named first, who stay likewise: { $count }
        [cards] Labelling cards: { $count }
        [votes] Votes on faces: { $count }
        [rates] How often you err on cards: { $count }
        [datasets] Data sets: { $count }
        [trainings] Trainings: { $count }
        [models] Model versions: { $count }
        [promotions] Decisions about models: { $count }
        [settings] Settings: { $count }
       *[receipts] Receipts of people whom you had forgotten: { $count }
    }
privacy-exported = This is what is kept of you in this server.
privacy-export-parts = This is what is kept of you in this server, without { $files ->
        [one] the one photo or picture
       *[other] the { $files } photos and pictures
    }: together they are larger than Discord takes from me. Please ask whoever runs this bot for them.
privacy-export-alt = What is kept of you: JSON, photos and answers

privacy-forget-me-question =
    Delete what you did in this server? Your commands, photos, answers, cards and votes go. Names that you gave to faces stay as facts about others, but no longer say who gave them, and so do trainings and settings. Pictures that are in data sets by now stay there, and do not say who sent them.
    Messages in the chat are yours to delete. It cannot be taken back, and holds for this server only.
privacy-forget-me-button = Delete what I did
privacy-forgot-me = Done: nothing here says any more that it was you. The receipt, in which nothing says whose it is: `{ $receipt }`

privacy-forget-question = Forget **{ $name }** ({ $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    })? Deleted are faces, embeddings, votes, names in answers, and **all photos that show them, also those that show others**: the others are still recognised, without the photo. Data sets are made anew without them. Models that learnt from their pictures are withdrawn: recognisers that train in seconds are trained anew, others are gone, and trainings on that data are ended. It cannot be taken back.
privacy-forget-button = Forget { $name }
privacy-forgotten = **{ $name }** is forgotten. Faces deleted: { $faces }. Photos deleted: { $photos }.
privacy-forgotten-datasets = Data sets withdrawn, the newest of which are made anew without them: { $datasets }.
privacy-forgotten-versions = Models withdrawn: { $versions }.
privacy-forgotten-unknown = The data sets of these models were removed before, so nobody can say who was in them: { $versions }.
privacy-forgotten-done = Everything is done. Messages that were posted stay, and are yours to delete.
privacy-forgotten-waits = A worker makes the rest as soon as it is free; the receipt says when it is done. Messages that were posted stay, and are yours to delete.
privacy-receipt-button = Receipt
privacy-receipt-title = Receipt
privacy-receipt-when = Asked for { $when }
privacy-receipt-done = ✅ Everything is done.
privacy-receipt-waits = ⏳ A worker still makes data sets and models anew.
privacy-receipt-counts = Deleted or withdrawn
privacy-receipt-heads = Models, before → after
privacy-receipt-datasets = Data sets, before → after
privacy-receipt-nothing = nothing
privacy-deleted = { $kind ->
        [faces] Faces with embeddings: { $count }
        [photos] Photos: { $count }
        [labels] Labels: { $count }
        [votes] Votes: { $count }
        [answers] Answers that lost the name: { $count }
        [jobs] Other answers deleted: { $count }
        [datasets] Versions of data sets: { $count }
        [versions] Model versions: { $count }
       *[checkpoints] Checkpoints: { $count }
    }
