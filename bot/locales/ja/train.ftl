### /train, and a training's message.

train-recogniser-choice = 認識モデル（写真に写っている人）
preset-choice = { $preset } – { $preset ->
        [embedding] 数秒で完了、1人3枚から
        [modern] 専用のネットワーク（最も正確）
        [classic] 専用のネットワーク（元のレシピ）
        [slim] 元のレシピの小型ネットワーク
       *[gray] 元のレシピの白黒版
    }（{ $steps }ステップ）
data-choice = { $data } · { $people }人、写真{ $pictures }枚
step-choice = ステップ{ $step }
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
preflight-remark = { $code ->
        [few-people] 含まれている人が{ $minimum }人未満のため、見分けることを学習できません。ほかの人の写真を追加してください。
        [few-pictures] 写真が{ $minimum }枚に満たない人が{ $count }人います（{ $names }）。写真を追加するか、その人を除いてください。
        [unbalanced] 写真の枚数に大きな偏りがあり、枚数の多い人の名前が出やすくなります。少ない人の写真を追加してください。
        [duplicates] 同じ、またはほぼ同じ写真が{ $count }枚あります。測定された正解率が実際より高くなる可能性があります。
        [without-face] { $count }枚の写真から顔が見つかりませんでした。顔を使うレシピでは除かれます。
        [small] { $count }人分の顔がとても小さく写っています。大きい写真のほうが適しています。
        [damaged] 壊れたファイルが{ $count }個あり、除きました。
       *[other] { $code }：{ $count }
    }

run-title = 学習 #{ $number } · { $kind ->
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
run-branched = ステップ{ $step }から分岐
run-asked-by = <@{ $member }> さんの依頼
run-loss = 損失
run-accuracy = 学習用の正解率
run-held-out = 測定用の正解率
run-speed = 速度
run-steps-per-second = { $steps } ステップ/秒
run-left = 残り時間
run-spent = 学習時間
run-made = **{ $version }** ができました。
run-made-accuracy = **{ $version }** ができました。測定用の写真{ $pictures ->
        [0] {""}
       *[other] { $pictures }枚
    }での正解率は **{ $share }** です。
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
