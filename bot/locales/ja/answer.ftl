### The answer to "who is this?", and what is said while it is being worked on.

answer-nobody-title = { $faces }人の顔が見つかりましたが、知っている人はいませんでした
answer-everybody-title = { $faces ->
        [1] 知っている人です
       *[other] { $faces }人全員がわかりました
    }
answer-some-title = { $faces }人中{ $known }人がわかりました
answer-unknown = 不明
answer-line-named = **{ $number }** · **{ $name }** { NUMBER($share, style: "percent") }
answer-line-likely = 可能性：{ $others }
answer-line-said = **{ $number }** · **{ $name }** ✓ <@{ $member }> さんによる
answer-line-confirmed = **{ $number }** · **{ $name }** ✓
answer-line-unknown = **{ $number }** · { answer-unknown }
answer-line-withheld = { $name } さんの可能性も{ NUMBER($share, style: "percent") }ありますが、1枚の写真で同じ人の名前は一度しか付けません
answer-networks-disagree = 2つの顔認識ネットワークの判断が分かれています
answer-age = 約{ $age }歳
answer-age-note = 年齢は見た目からの推定で、平均{ $error }歳ほどの誤差があります。
answer-share = { $name } { NUMBER($share, style: "percent") }
answer-more = … ほか{ $faces }人
answer-turned = ↻ 写真が{ $way ->
        [over] 逆さま
       *[side] 横向き
    }でしたので、正しい向きに直しました。
answer-first-of = このメッセージには画像が{ $pictures }枚あります。これは1枚目の結果です。
answer-asked-by = <@{ $member }> さんへ
answer-footer = { $model } · { $seconds } 秒 · ジョブ { $job }
answer-picture-alt = { $faces }人の顔に番号を付けた写真
answer-cancelled = キャンセルしました。結果は保存されていません。

progress-working = 🔎 写真を調べています…
progress-queued = ⏳ { $ahead ->
        [0] 次の順番です
       *[other] 先に{ $ahead }枚の写真が待っています
    }。
progress-estimate = あと約{ $seconds }秒です。
progress-estimate-minutes = あと約{ $minutes }分です。
progress-no-worker = 💤 写真を読み取るマシンが現在停止しています。写真はお預かりしていますので、復旧しだい結果をお知らせします。
progress-cancelling = キャンセルしています…
progress-stage = { $stage ->
        [reading] 📄 写真を読み込んでいます…
        [finding-faces] 🔎 顔を探しています…
        [recognising] 🧠 知っている人と照らし合わせています…
        [drawing] ✏️ 結果を描いています…
       *[other] 🔎 写真を調べています…
    }
progress-job-running = { $kind ->
        [export] 📦 ファイルに書き出しています…
        [sheet] ✏️ 番号付きの一覧を描いています…
        [why] 🔎 写真を減らして比べています…
        [snapshot] 🗂️ 名前の付いた顔を集めています…
        [generate] 🎨 顔を描いています…
        [morph] 🎨 顔の変化を描いています…
        [mix] 🎨 合成した顔を描いています…
        [film] 🎞️ アニメーションを作っています…
        [nearest] 🔎 学習用の写真を調べています…
        [age] 🕰️ 顔の年齢を変えています…
        [optimize] 🎯 認識モデルをだます準備をしています…
        [curate] 🧹 写真を調べています…
       *[evaluate] 📊 モデルを評価しています…
    }
progress-job-queued = ⏳ { $ahead ->
        [0] 次の順番です
       *[other] 先に{ $ahead }件のジョブが待っています
    }。
progress-job-no-worker = 💤 描画と学習のマシンが現在停止しています。復旧しだい結果をお知らせします。
cancel-button = キャンセル
