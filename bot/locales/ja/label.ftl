### /label: だれの顔かをカードで答える

label-grid-question = { $faces ->
        [one] **これは{ $name }ですか？**
       *[other] **すべて{ $name }ですか？**
    } ちがう人の番号を選んでください。
label-name-question = **これはだれですか？**
label-left-out = 人ではない: { $numbers }
label-progress = { $goal }個中{ $done }個
label-slow-down = 🐢 とても速い回答でした。急がず、1つずつ顔を見てもらえるほうが助かります。
label-grid-alt = 番号つきの顔（9個まで）と、その横に該当しそうな人
label-name-alt = 顔と、その横に該当しそうな人たち
label-others-placeholder = { $name }ではないもの …
label-no-person-placeholder = 人が写っていないもの …
label-all-button = ✅ すべて正しい
label-no-person-button = 🚫 人ではない
label-skip-button = ⏭️ とばす
label-undo-button = ↩️ 取り消す
label-back-button = 戻る
label-nobody-button = この中にいない
label-new-button = ✏️ ほかの名前 …
label-more-button = ▶️ 続ける
label-new-title = これはだれですか？
label-finished = 🎉 { $done }個で1回分です。ありがとうございます！{ $open ->
        [0] 残っている顔はありません。
       *[other] あと{ $open }個残っています。
    }
label-nothing-left = 🎉 { $done }個に回答しました。あなたに聞くことはもうありません。あとはほかの人の番です。
label-nothing-to-do = あなたに聞く顔はありません。`/teach` で写真を提供するか、だれかが提供したあとにまた来てください。
label-me-new = これまでに{ $answers }個の顔に回答しました。10個を超えると、回答の確かさがここに表示されます。ほかの人には見えません。
label-me = これまでに{ $answers }個の顔に回答しました。ちがう人の顔の{ NUMBER($noticed, style: "percent") }に気づき、正しい顔の{ NUMBER($kept, style: "percent") }をそのままにしています。これはあなたにだけ見えます。

learn-title = { $faces ->
        [0] 🎓 新しく学ぶものはありません
       *[other] 🎓 新しいラベル{ $faces }件から学びました
    }
learn-data = データセット **{ $title }**: { $people }人の顔{ $pictures }個
learn-gain = ▫️ **{ $name }**: { $faces }個の顔のうち正しく答えた割合 { NUMBER($before, style: "percent") } → **{ NUMBER($after, style: "percent") }**
learn-accuracy = 学習した認識器: 検証用の顔の{ NUMBER($accuracy, style: "percent", maximumFractionDigits: 1) }に正解。学習なしでは{ NUMBER($baseline, style: "percent", maximumFractionDigits: 1) }。
learn-unchanged = 前回の学習からラベルは変わっていません。
learn-promoted = ✅ これからは認識器 v{ $version } が答えます。
learn-not-better = 認識器 v{ $version } は使いません。同じ検証用の顔では、学習なしの比較のほうが正確でした。ラベルはそのまま生かされます。
learn-other-serves = 認識器 v{ $version } は使いません。モデレーターが別のモデルを選んでいます。/model promote で変更できます。
# The name of the thread in which the answers are, at most 100 characters.
learn-thread-name = このサーバーのラベルから学んだこと
learn-elsewhere = 結果はこちらです: { $place }
learn-footer = どのくらい確か？ /model card · ジョブ { $job }
