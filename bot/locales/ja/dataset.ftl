### /dataset：学習に使える写真と、その良し悪し

dataset-name = データセット
dataset-description = 学習に使う写真
dataset-list-name = 一覧
dataset-list-description = データセットの一覧
dataset-curate-name = 選別
dataset-curate-description = ぼけた写真、小さすぎる写真、重複、文字入り、対象のない写真を調べます（モデレーターのみ）
dataset-data-name = データ
dataset-data-description = どのデータセットか。省略すると最新のもの

dataset-list-title = データセット
dataset-list-none = このサーバーにはまだデータセットがありません。/train snapshot で、名前の付いた顔から作れます。ボットの運営者は「omokage data import」で写真を追加できます。
dataset-list-line = **{ $data }** · { $people }人、写真{ $pictures }枚 · { $when }
dataset-list-unnamed-line = **{ $data }** · 写真{ $pictures }枚 · { $when }
dataset-list-more = …ほか{ $count }件

dataset-curated-title = 🧹 { $data }：学習に使える写真
dataset-kept-line = 写真{ $pictures }枚のうち **{ $kept }枚** が使えます。
dataset-reason = { $reason ->
        [unreadable] 💔 壊れている：{ $count }枚
        [no-subject] 🚫 ほかの写真にあるものが写っていない：{ $count }枚
        [tiny] 🔬 小さすぎる：{ $count }枚
        [blurred] 🌫️ ぼけている、または拡大されている：{ $count }枚
        [text] 🔤 文字が重なっている：{ $count }枚
        [copy] 👯 重複している（最も鮮明なものを残します）：{ $count }枚
       *[by-hand] ✋ 手動で除外：{ $count }枚
    }
dataset-untouched = { $subject ->
        [face] 顔を探しました。
       *[any] 多くの写真に共通して写っているものを探しました。
    }何も削除していません。元のデータセットはそのままです。
dataset-curated-footer = 上が除外する写真、下が残す写真です。ジョブ { $job }
dataset-dropped-alt = 除外する写真とその理由
dataset-kept-alt = 残す写真
dataset-kept-button = 残す写真でデータセットを作る
dataset-made-title = 🗂️ データセット { $data }
dataset-made-next = /train start で学習に使えます。
dataset-made-footer = 残した写真です。ジョブ { $job }
