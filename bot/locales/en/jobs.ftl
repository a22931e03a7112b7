### /jobs and /show

jobs-title = { $everyone ->
        [yes] The latest jobs in this server
       *[no] Your latest jobs
    }
jobs-none = There are no jobs yet. Send a photo with /classify.
jobs-line = `{ $job }` · { $state } · { $when }
jobs-line-member = `{ $job }` · <@{ $member }> · { $state } · { $when }
jobs-cancel-button = Cancel { $job }
jobs-choice = { $state } · { $file } · { $job }
job-state = { $state ->
        [received] being stored
        [waiting] waiting
        [dispatched] in the queue
        [running] being worked on
        [done] done
        [failed] failed
       *[cancelled] cancelled
    }
job-place = { $ahead ->
        [0] next
        [one] one ahead
       *[other] { $ahead } ahead
    }
job-eta = about { $seconds } s
show-not-yet = This job is not finished: { $state }. Its answer will be posted as soon as it is.
show-cancelled = This job was cancelled, so it has no answer. Please send the photo again.
cancel-done = Cancelled.
cancel-asked = I have asked the machine that works on it to stop.
