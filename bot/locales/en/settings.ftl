### /settings

settings-title = Settings of this server
settings-labelling-field = Who may name faces
settings-language-field = Language of public answers
settings-ages-field = How old faces look
settings-ages-yes-choice = Said in the answers of /classify
settings-ages-no-choice = Not said
settings-learning-field = Learning from photos of /classify
settings-labellers-field = Roles that may name faces, too
settings-labellers-nobody = None
settings-channels-field = Channels in which I answer
settings-channels-all = All
settings-gallery-field = Where I announce what I learnt
settings-gallery-round = In the channel of the round
settings-storage-field = Stored photos and answers
settings-storage = { $used } of { $quota }
settings-storage-unlimited = { $used }
settings-option = { $field }: { $choice }

settings-labelling-moderators-choice = Moderators
settings-labelling-everyone-choice = Everybody
settings-labelling-off-choice = Nobody
settings-language-en-choice = English
settings-language-ja-choice = 日本語 (Japanese)
settings-language-own-choice = Each member's own
settings-labelling-done = { $who ->
        [everyone] From now on everybody here may name faces.
        [off] From now on nobody may name faces here. Names that were given before stay.
       *[moderators] From now on only moderators may name faces.
    }
settings-learning-off-choice = Off: only contributed photos
settings-learning-public-choice = Public people that moderators list
settings-learning-self-choice = People who enrolled themselves
settings-learning-both-choice = Both
settings-learning-done = { $whose ->
        [public] From now on members are also asked about faces in photos of /classify that look like somebody on the list of public people (/people public).
        [self] From now on members are also asked about faces in photos of /classify that look like somebody who enrolled with /teach.
        [both] From now on members are also asked about faces in photos of /classify that look like somebody on the list of public people, or like somebody who enrolled with /teach.
       *[off] From now on members are asked only about photos that somebody contributed with /teach.
    }
settings-ages-done = { $shown ->
        [yes] From now on the answers of /classify also say how old each face looks.
       *[no] From now on the answers of /classify do not say how old faces look.
    }
settings-language-done = { $language ->
        [en] From now on answers that everybody sees are in English.
        [ja] From now on answers that everybody sees are in Japanese.
       *[own] From now on each answer is in the language of the member who asked.
    }
settings-labellers-allowed = From now on members with the role { $role } may name faces, unless naming faces is off for everybody (/settings labelling).
settings-labellers-taken-off = The role { $role } is not on the list any more.
settings-channels-allowed = { $channel } is on the list of channels in which I answer. In channels that are not on it I say only to the member who asks where I may be asked.
settings-channels-taken-off = { $channel } is not on the list any more. While no channel is on it, I answer in all.
settings-gallery-done = From now on I announce in { $channel } what I learnt by myself from the names that members gave, in one thread.
settings-gallery-none = From now on I announce what I learnt by myself in the thread that I have begun for it; where there is none, in the channel of the round, in which I begin it.
