### /train, and a training's message.

train-recogniser-choice = 認識モデル（写真に写っている人）
train-dcgan-choice = 生成モデル（実在しない顔を描く）
train-vae-choice = オートエンコーダー（写真を読み込み、描く）
train-reage-choice = 年齢変換（写真のまま、本人らしく）
train-caae-choice = 年齢変換（論文どおりの CAAE）
preset-choice = { $preset } – { $recipe ->
        [recogniser-embedding] 数秒で完了、1人3枚から
        [recogniser-modern] 専用のネットワーク（最も正確）
        [recogniser-classic] 専用のネットワーク（元のレシピ）
        [recogniser-slim] 元のレシピの小型ネットワーク
        [recogniser-gray] 元のレシピの白黒版
        [dcgan-light] GPUのないマシンに最適、96画素
        [dcgan-small] 最も速い、64画素
        [dcgan-classic] 元のレシピの大型ネットワーク、96画素
        [vae-vae] 描くのにも適した、鮮明さと多様さの中間
        [vae-autoencoder] 写真を最も忠実に再現（描くのは苦手）
        [reage] 写真向け：変化だけを予測して元の写真に重ねます
        [caae-light] GPUのないマシン向け
       *[caae-paper] 論文どおり、128画素、GPU向け
    }（{ $steps }ステップ）
data-choice = { $data } · { $people }人、写真{ $pictures }枚
data-unnamed-choice = { $data } · 写真{ $pictures }枚
step-choice = ステップ{ $step }
step-kid-choice = ステップ{ $step } · KID (dlib) { $kid }
step-choice-accuracy = ステップ{ $step } · 正解率 { $share }
run-choice = #{ $number } · { $preset } · { $state }

snapshot-title = 🗂️ データセット { $data }
snapshot-button = これで学習する
snapshot-footer = ここで名前を付けた顔（現時点）。ジョブ { $job }
train-begun = 🏋️ 学習 #{ $number } を始めました。経過は下のメッセージに表示されます。
train-unfit = ⛔ このデータセットではまだ学習できません。
train-asked = { $action ->
        [pause] 学習 #{ $number } は次のチェックポイントで一時停止します。最後のチェックポイントはステップ{ $step }です。
        [stop] 学習 #{ $number } は次のチェックポイントで停止します。最後のチェックポイントはステップ{ $step }です。
       *[resume] 学習 #{ $number } をステップ{ $step }から再開します。
    }
train-history-title = 学習の履歴
train-history-none = 学習はまだありません。/train start で始めてください。
train-history-line = **#{ $number }** { $preset } · { $state } · ステップ { $step } / { $steps } · { $when }

preflight-counts = **{ $data }**：{ $people }人、写真{ $pictures }枚（1人あたり{ $even ->
        [yes] { $most }
       *[no] { $fewest }～{ $most }
    }枚）
preflight-pictures = **{ $data }**：写真{ $pictures }枚（名前なし）
preflight-remark = { $code ->
        [few-to-generate] 写真が{ $count }枚しかありません。{ $minimum }枚未満では丸暗記してしまうため、写真を追加してください。
        [will-copy] 写真が{ $minimum }枚未満のため、モデルが一部を写してしまいます。結果の「近い学習用の写真」で確かめられます。写真を増やすと改善します。
        [few-people] 含まれている人が{ $minimum }人未満のため、見分けることを学習できません。ほかの人の写真を追加してください。
        [few-pictures] 写真が{ $minimum }枚に満たない人が{ $count }人います（{ $names }）。写真を追加するか、その人を除いてください。
        [no-ages] 写真に年齢がありません。ボットの管理者が「omokage data import フォルダー --ages」で年齢付きの写真を取り込めます。
        [missing-ages] 次の年齢の写真が{ $minimum }枚未満です：{ $names }。その年齢の写真を追加してください。
        [unbalanced-ages] 年齢によって写真の枚数に大きな偏りがあり（少ない・多い：{ $names }）、少ない年齢は学習しにくくなります。
        [unbalanced] 写真の枚数に大きな偏りがあり、枚数の多い人の名前が出やすくなります。少ない人の写真を追加してください。
        [duplicates] 同じ、またはほぼ同じ写真が{ $count }枚あります。測定結果が実際より良く見える可能性があります。
        [without-face] { $count }枚の写真から顔が見つかりませんでした。顔を使うレシピでは除かれます。
        [small] { $count }人分の顔がとても小さく写っています。大きい写真のほうが適しています。
        [damaged] 壊れたファイルが{ $count }個あり、除きました。
        [turned] 横向きの写真が{ $count }枚あり、正しい向きに直しました。
       *[other] { $code }：{ $count }
    }

run-title = 学習 #{ $number } · { $kind ->
        [dcgan] 生成モデル
        [vae] オートエンコーダー
        [reage] 年齢変換
        [caae] 年齢変換（CAAE）
       *[recogniser] 認識モデル
    } · { $preset }
run-state = { $state ->
        [waiting] ⏳ 順番を待っています
        [running] 🏋️ 学習中
        [pausing] ⏸️ 一時停止しています…
        [paused] ⏸️ 一時停止中
        [stopping] ⏹️ 停止しています…
        [stopped] ⏹️ 停止しました
        [failed] ❌ 失敗しました
       *[finished] ✅ 完了しました
    }
run-handed-over = 🔌 担当のワーカーが離れました。ステップ { $step } まで保存済みです。次に空いたワーカーが続きから進めます。
run-state-short = { $state ->
        [waiting] 待機中
        [running] 学習中
        [paused] 一時停止中
        [stopped] 停止
        [failed] 失敗
       *[finished] 完了
    }
run-step = **{ $percent } %** · ステップ { $step } / { $steps }
run-data = { $data }（{ $people }人、写真{ $pictures }枚）
run-data-unnamed = { $data }（写真{ $pictures }枚）
run-branched = ステップ{ $step }から分岐
run-asked-by = <@{ $member }> さんの依頼
run-loss = 損失
run-accuracy = 学習用の正解率
run-held-out = 測定用の正解率
run-kid = KID (dlib)
run-faces = 顔の検出率
run-diversity = 多様さ
run-novelty = 新しさ
run-generator-loss = 生成側の損失
run-discriminator-loss = 識別側の損失
run-d-real = 本物を本物と判定
run-d-fake = 描いた顔を本物と判定
run-held-out-loss = 測定用の損失
run-reconstruction-loss = 再現の損失
run-divergence-loss = 分布の損失
run-age-error = 年齢の誤差（歳）
run-identity-kept = 本人と判定
run-legend = dlib の埋め込みで測定。KID：描いた顔と本物との隔たり（小さいほど良い）。多様さと新しさは1で本物並み。新しさが0に近いと写しです。
run-ending = 🛟 ステップ{ $step }で自動的に終了しました：{ $code ->
        [discriminator-won] 識別側が勝ちきり、学べることがなくなりました。
        [diversity-fell] どの顔も似てきました。
        [never-learnt] 最初から毎回同じ画像しか描けず、顔が一度も現れませんでした。学習率を下げると改善することがあります。
       *[worse-and-worse] 悪化が続きました。
    }ステップ{ $best }の時点に戻しました（{ $figure ->
        [kid] KID (dlib) { $value }
        [held_out_loss] 測定用の損失 { $value }
       *[other] { $figure } { $value }
    }）。
run-speed = 速度
run-steps-per-second = { $steps } ステップ/秒
run-left = 残り時間
run-spent = 学習時間
run-made = **{ $version }** ができました。
run-made-accuracy = **{ $version }** ができました。測定用の写真{ $pictures ->
        [0] {""}
       *[other] { $pictures }枚
    }での正解率は **{ $share }** です。
run-made-kid = **{ $version }** ができました：KID (dlib) **{ $kid }**、顔の検出率 **{ $share }**。
run-made-age = **{ $version }** ができました：目標の年齢との差は平均 **{ $years }** 歳、本人と判定される割合は **{ $share }** です。
run-samples = 学習 #{ $number } が作るもの
run-curves-alt = 学習 #{ $number } の曲線
run-moved = ➡️ 続きは[新しいメッセージ]({ $url })に表示しています。
run-button = { $action ->
        [pause] 一時停止
        [resume] 再開
        [stop] 停止
        [best] 最良の時点に戻す…
        [promote] これで答える
       *[card] カード
    }
run-best-is-newest = 最新のチェックポイント（ステップ{ $step }）が最良です。戻す必要はありません。
run-back-question = 学習 #{ $number } の最良のチェックポイントはステップ{ $step }です。それ以降（ステップ{ $last }まで）は破棄され、そこで一時停止します。
run-back-button = ステップ{ $step }に戻す
run-back-done = 学習 #{ $number } をステップ{ $step }に戻し、一時停止しました。

duration-seconds = { $seconds }秒
duration-minutes = { $minutes }分
duration-hours = { $hours }時間{ $minutes }分
