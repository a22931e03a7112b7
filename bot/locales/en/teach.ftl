### /teach: photos that members contribute.

teach-title = Teach faces
teach-files-label = Photos
teach-files-description = Up to ten: JPEG, PNG, WebP or GIF, up to 10 MiB each
teach-name-label = Who is in them?
teach-name-description = Counts for photos with one face. Leave it empty to let others say
teach-consent-label = Do those in the photos agree?
teach-agreed-option = They agreed that this server's recogniser learns their faces
teach-myself-option = It is me, alone; photos of me in the chat may be learnt from, too
teach-done-title = { $faces ->
        [0] No face was kept
        [one] One face was kept
       *[other] { $faces } faces were kept
    }
teach-kept = From { $photos ->
        [one] one photo
       *[other] { $photos } photos
    }: cut out, upright, without metadata. The photos themselves are deleted.
teach-left-out-unreadable = ▫️ { $count ->
        [one] One file is no photo, or damaged
       *[other] { $count } files are no photos, or damaged
    }
teach-left-out-no-face = ▫️ { $count ->
        [one] One photo shows no face
       *[other] { $count } photos show no face
    }
teach-left-out-small = ▫️ { $count ->
        [one] One face is too small
       *[other] { $count } faces are too small
    }
teach-left-out-blurred = ▫️ { $count ->
        [one] One face is blurred
       *[other] { $count } faces are blurred
    }
teach-left-out-profile = ▫️ { $count ->
        [one] One face is seen from the side
       *[other] { $count } faces are seen from the side
    }
teach-left-out-repeated = ▫️ { $count ->
        [one] One face was contributed before
       *[other] { $count } faces were contributed before
    }
teach-proposal = **{ $name }** counts as one vote for { $faces ->
        [one] one face
       *[other] { $faces } faces
    }; others are asked, too.
teach-next = Say whom they show: `/label start`
teach-footer = job { $job }
