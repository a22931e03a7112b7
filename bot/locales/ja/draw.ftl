### /generate, /morph, /mix, and what can be done with their answers.

draw-grid-title = 実在しない顔 { $count }枚
draw-variations-title = { $face }のバリエーション { $count }枚
draw-morph-title = { $a }から{ $b }へ
draw-mix-title = 顔の足し引き
draw-film-title = { $count }枚の顔をめぐるアニメーション
draw-nearest-title = { $face }に最も近い学習用の写真
draw-seeds = { $count ->
        [1] シード **{ $first }**
       *[other] シード **{ $first }** ～ **{ $last }**
    }
draw-face-seed = 顔{ $seed }
draw-face-photo = 写真の顔
draw-truncation = 切り詰め { $value }
draw-trait = { $trait } { $amount }
draw-trait-name = { $trait ->
        [smile] 笑顔
        [glasses] 眼鏡
        [beard] ひげ
        [age] 年齢
        [long-hair] 長い髪
       *[other] { $name }
    }
draw-nearest-scale = 距離の目安（dlib の埋め込み）：新しい実在の顔から学習用の写真までが1です。0に近いと、ほぼ写しです。
draw-footer = { $model } · ジョブ { $job }
draw-grid-alt = 描かれた顔{ $count }枚の一覧
draw-strip-alt = 横に並んだ描かれた顔
draw-film-alt = 描かれた顔が次の顔へ変わっていくアニメーション
draw-nearest-alt = 描かれた顔と、それに最も近い学習用の写真{ $count }枚

draw-again-button = 🎲 別の顔
draw-film-button = 🎞️ アニメーション
draw-like-button = 🧬 バリエーション
draw-near-button = 🔎 近い学習用の写真
draw-like-placeholder = 🧬 バリエーションを見る…
draw-near-placeholder = 🔎 近い学習用の写真を見る…
draw-face-placeholder = 👤 顔を選ぶ
draw-trait-placeholder = 🎚️ 特徴を強める・弱める…
draw-seed-option = 顔{ $seed }
draw-trait-option = { $sign ->
        [more] ➕ 強める：{ $trait }
       *[less] ➖ 弱める：{ $trait }
    }
draw-face-prompt = 顔{ $seed }：何を見ますか？
