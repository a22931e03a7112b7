### /model: versions, their cards, and what an evaluation found.

model-list-title = { $kind ->
        [dcgan] 生成モデル
        [vae] オートエンコーダー
        [reage] 年齢変換
        [caae] 年齢変換（CAAE）
       *[recogniser] 認識モデル
    }のバージョン
model-list-none = バージョンはまだありません。/train start で学習させると作られます。
model-line = **{ $version }** · { $data } · { $good } · { $when }
model-none-serves = { $kind ->
        [recogniser] -# 現在使用中のバージョンはありません（学習のいらない方法で答えています）。
        [reage] -# 選ばれたバージョンはありません（最新のもので年齢を変えています）。
        [caae] -# 選ばれたバージョンはありません（最新のもので年齢を変えています）。
       *[other] -# 選ばれたバージョンはありません（最新のもので描いています）。
    }
model-choice = { $version } · { $data } · { $good }
model-embedder = 顔の比較
model-embedder-name = { $embedder ->
        [dlib] dlib の ResNet
        [both] dlib の ResNet と SFace
       *[other] { $name }
    }
model-retrained = 新しい顔認識ネットワークのため、v{ $number } から自動で学習し直したものです（人は同じです）。
model-withdrawn = 取り下げ済み：学習に使われた写真の人のデータを消去したため、ファイルは削除されました。
model-retraining-waits = 以前の顔認識ネットワークのものです。ワーカーが空きしだい、新しいネットワーク用に自動で学習し直します。それまでは今までどおり答えます。
model-retraining-promoted = 新しい顔認識ネットワーク用に v{ $number } が作られました（人は同じです）。
model-retraining-worse = 新しい顔認識ネットワーク用に v{ $number } が作られましたが、学習に使っていない同じ写真での正解率は { $new } で、このバージョンは { $old } です。そのため v{ $number } は候補のままです。/model promote で切り替えられます。
model-retraining-candidate = 新しい顔認識ネットワーク用に v{ $number } が作られ、候補になっています。/model promote で切り替えられます。
model-retraining-data-gone = データセットがないため、新しい顔認識ネットワーク用に学習し直せません。以前のネットワークのまま答えます。写真を取り込み直すか、ここで名前を付けた顔を使い、/train start で学習してください。
model-retraining-failed = ファイルが壊れているか、写真から顔が見つからないため、新しい顔認識ネットワーク用に学習し直せません。/train start で新しく学習してください。
model-good-share = 正解率 { $share }
model-good-kid = KID (dlib) { $kid }
model-good-age = 年齢の誤差 { $years } 歳
model-real-kid = 本物の写真：{ $kid }
model-best-step = 最良のステップ
model-serves = ✅ 現在使用中です。
model-serves-not = ▫️ 現在は使われていません。
model-draws-no-face = ⚠️ 描いた画像のどれからも顔が見つからないため、使用の候補にはしません。学習を長くする、写真を増やす、学習率を下げるなどをお試しください。
model-made = { $when } · <@{ $member }> さんの依頼
model-footer = sha256 { $sha } · { $size }
model-accuracy = 測定用の正解率
model-folds = { $folds }分割の平均
model-data = データ
model-people = 人数
model-ece = 較正誤差
model-auroc = AUROC（既知／未知）
model-known = 未知1 %許容時の正解率
model-robustness = だまされやすさ
model-not-checked = まだ調べていません。
model-check-begins = 🔍 手の空いたワーカーが **{ $version }** を調べます。結果はカード（/model card）に載ります。
model-fooled = すべてのネットワークを同時に攻撃し、{ $epsilon }/255以内の変更で、{ $faces }枚の顔の{ $share }が別人と判定されました（{ $median ->
        [0] 半数未満
       *[other] 半数は{ $median }段階で
    }）。
model-textures = 顔のない模様に名前を付けた割合：「未知」なしで{ $closed }、ありで{ $open }。
model-names = 見分けられる人
model-config = 設定
model-parts = 部品とライセンス
model-promote-button = これで答える
model-people-button = 人ごとの成績
model-force-button = それでも採用する…
model-promoted = { $kind ->
        [recogniser] ✅ これからは **{ $version }** で答えます（<@{ $member }> さんの決定）。
        [vae] ✅ これからは **{ $version }** で写真を読み込み、描きます（<@{ $member }> さんの決定）。
        [reage] ✅ これからは **{ $version }** で年齢を変えます（<@{ $member }> さんの決定）。
        [caae] ✅ これからは **{ $version }** で年齢を変えます（<@{ $member }> さんの決定）。
       *[other] ✅ これからは **{ $version }** で描きます（<@{ $member }> さんの決定）。
    }
model-forced = -# 優れていると測定されてはいません。理由：{ $reason }
model-back = { $kind ->
        [recogniser] ↩️ ふたたび **{ $version }** で答えます（<@{ $member }> さんの決定）。
        [reage] ↩️ ふたたび **{ $version }** で年齢を変えます（<@{ $member }> さんの決定）。
        [caae] ↩️ ふたたび **{ $version }** で年齢を変えます（<@{ $member }> さんの決定）。
       *[other] ↩️ ふたたび **{ $version }** で描きます（<@{ $member }> さんの決定）。
    }
model-back-to-none = { $kind ->
        [recogniser] ↩️ ふたたび学習のいらない方法で答えます（<@{ $member }> さんの決定）。
        [reage] ↩️ 選ばれたバージョンはなくなりました（<@{ $member }> さんの決定）。最新のもので年齢を変えます。
        [caae] ↩️ 選ばれたバージョンはなくなりました（<@{ $member }> さんの決定）。最新のもので年齢を変えます。
       *[other] ↩️ 選ばれたバージョンはなくなりました（<@{ $member }> さんの決定）。最新のもので描きます。
    }
force-offer = 理由を添えれば、それでも採用できます。理由は全員に表示されます。
force-title = それでも採用する
force-label = 理由
force-placeholder = 例：新しく3人を見分けられる

report-title = { $version }：測定用の写真の{ $share }で正解
report-data = **{ $data }** の{ $people }人、写真{ $pictures }枚。どの写真も、それを見たことのないモデルで測りました。
report-folds = 分割ごと
report-confused = 間違えやすい組み合わせ
report-pair = { $name } → { $other }：{ $times }回
report-nobody-confused = なし
report-footer = ジョブ { $job }
report-confusion-alt = 誰が誰と間違えられるか
report-reliability-alt = 示した確率がどれだけ正直か
recall-title = { $version }：人ごとの成績
recall-line = **{ $name }** · 写真{ $pictures }枚、再現率 { $recall }
recall-taken-for = 、{ $other }と{ $times ->
        [1] 1回
       *[other] よく
    }間違えられます
recall-none = **{ $name }** · 測定用の写真がありません
