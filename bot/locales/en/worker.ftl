### /worker

worker-status-title = { $alive ->
        [0] No worker takes jobs
        [one] One worker takes jobs
       *[other] { $alive } workers take jobs
    }{ $gone ->
        [0] { "" }
       *[other] , { $gone } gone
    }
worker-none = No worker has run within the last hour.
worker-rest = … and { $count ->
        [one] one that started earlier
       *[other] { $count } that started earlier
    }. `omokage workers` lists all.
worker-queue = Queue **{ $queue }**: { $workers ->
        [one] one worker
       *[other] { $workers } workers
    } · { $waiting } waiting · { $background } in the background · { $running } being worked on
worker-oldest = oldest since { $age }
worker-unattended = ⚠️ nobody takes them
worker-state = { $state ->
        [alive] seen { $seen } ago
        [draining] finishes its jobs and ends
       *[gone] ⚠️ gone, last seen { $seen } ago
    }
worker-idle = nothing to do
worker-job = { $kind } for { $age }
worker-other-job = at work for { $age }
worker-models = in memory: { $models }
worker-code = { $version } `{ $revision }`
worker-oddity = { $oddity ->
        [other-code] ⚠️ other code than the newest worker
        [other-libraries] ⚠️ other libraries than the newest worker
       *[no-gpu] ⚠️ TensorFlow uses no GPU
    }
