### /dataset: which pictures there are to learn from, and which of them are worth it.

dataset-name = dataset
dataset-description = Pictures to learn from
dataset-list-name = list
dataset-list-description = Which data sets there are
dataset-curate-name = curate
dataset-curate-description = Say which pictures are blurred, tiny, doubled, covered by letters, or of nothing (moderators only)
dataset-data-name = data
dataset-data-description = Which data set; without one the newest

dataset-list-title = Data sets
dataset-list-none = There is no data set in this server yet. /train snapshot makes one of the faces that were named here; whoever runs this bot can bring more in with “omokage data import”.
dataset-list-line = **{ $data }** · { $people ->
        [one] one person
       *[other] { $people } people
    }, { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } · { $when }
dataset-list-unnamed-line = **{ $data }** · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } · { $when }
dataset-list-more = … and { $count } more

dataset-curated-title = 🧹 { $data }: what is worth learning from
dataset-kept-line = **{ $kept }** of { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } can be kept.
dataset-reason = { $reason ->
        [unreadable] 💔 { $count } damaged
        [no-subject] 🚫 { $count } without what the others show
        [tiny] 🔬 { $count } too small
        [blurred] 🌫️ { $count } blurred, or enlarged
        [text] 🔤 { $count } with letters over them
        [copy] 👯 { $count } there more than once; the sharpest is kept
       *[by-hand] ✋ { $count } left out by hand
    }
dataset-untouched = { $subject ->
        [face] I looked for faces.
       *[any] I looked for what most of the pictures show.
    } Nothing was deleted; the data set stays as it is.
dataset-curated-footer = First what is left out, then what is kept. Job { $job }
dataset-dropped-alt = Pictures that are left out, each with the reason
dataset-kept-alt = Pictures that are kept
dataset-kept-button = Make a data set of what is kept
dataset-made-title = 🗂️ Data set { $data }
dataset-made-next = /train start learns from it.
dataset-made-footer = What was worth keeping. Job { $job }
