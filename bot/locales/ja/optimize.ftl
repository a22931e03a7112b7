### /optimize: pictures that the recogniser takes for somebody whom they do not show.

optimize-fool-choice = fool – 人の目にはほとんどわからないほど変えた写真
optimize-noise-choice = noise – 人の目にはノイズのままの画像
optimize-dream-choice = dream – ノイズから形が浮かび上がる画像

optimize-named-title = { $mode ->
        [fool] 人の目には同じ人の写真ですが、認識モデルの答えは「{ $target }」です
       *[other] 誰も写っていませんが、認識モデルの答えは「{ $target }」です
    }
optimize-named-text = { $mode ->
        [fool] **/classify** は、この顔を **{ $target }** さんだと答えます。
       *[other] **/classify** でさえ、この画像に顔を見つけ、**{ $target }** さんだと答えます。
    }
optimize-leans-title = { $mode ->
        [fool] あと一歩：最も近いのは { $target } さんですが、誰の名前も答えません
       *[other] 知っている人の中では { $target } さんに最も近いものの、認識モデルはだまされません
    }
optimize-leans-text = { $mode ->
        [fool] **/classify** の答えは「知らない人」です。**{ $target }** さんと言い切れるほどの確信がありません。ステップを増やすか、変化の幅を広げるとうまくいくことがあります。
       *[other] 必ず誰かだとすれば **{ $target }** さんです。しかし「知らない人」という答えもあり、**/classify** はそう答えます。
    }
optimize-unseen-title = これが顔だとすれば { $target } さん、と認識モデルは見ます。ただし、顔は見つかりません
optimize-unseen-text = { $open ->
        [rejected] 顔とみなし、必ず誰かだとすれば **{ $target }** さんです。しかし **/classify** はまず顔を探すので、ここには見つけられません。このような顔があったとしても、「知らない人」と答えます。
       *[taken] 顔とみなせば、「知らない人」という答えがあっても **{ $target }** さんです。しかし **/classify** はまず顔を探すので、何も見つけられず、誰の名前も答えません。
    }
optimize-lost-title = 写真から顔が見つからなくなったため、誰の名前も答えません
optimize-lost-text = **{ $target }** さんに見せる代わりに、顔が隠れてしまいました。**/classify** はこのファイルに顔を見つけられません。シードを変えるか、変化の幅を狭めるとうまくいくことがあります。
optimize-missed-title = { $mode ->
        [fool] 認識モデルはだまされませんでした：{ $target } さんとは答えません
       *[other] { $target } さんにはなりませんでした
    }
optimize-missed-text = { $mode ->
        [fool] この変化の幅とステップ数では、**/classify** に **{ $target }** さんと答えさせることができませんでした。ステップを増やすか、変化の幅を広げるとうまくいくことがあります。
       *[other] このステップ数では、認識モデルはまだ **{ $target }** さんとみなしません。ステップを増やすか、シードを変えるとうまくいくことがあります。
    }
optimize-file = 判定したのは **picture.png** そのものです。ダウンロードして試せます。
optimize-bound = 255段階中 ±{ $epsilon }以内
optimize-networks = 攻撃対象：{ $networks }
optimize-network = { $network ->
        [cnn] 学習したネットワーク
        [dlib] dlib の ResNet
        [sface] SFace
       *[other] { $network }
    }
optimize-network-list = { $names }、{ $last }（同時）
optimize-seed = シード { $seed }
optimize-made-robust = JPEG対策あり
optimize-continued = 続きから
optimize-stopped = 途中で停止

optimize-before = 変更前
optimize-after = 変更後
optimize-no-face = 顔が見つかりません
optimize-nobody = **知らない人**
optimize-likeliest = { $found ->
        [no] 顔とみなすと：
            { $people }
       *[yes] { $people }
    }
optimize-unknown = どの人でもない：{ $chance }
optimize-jpeg = JPEG圧縮（品質85）の後
optimize-brief = { $says } · { $share }
optimize-transfer = ほかの認識モデルの答え
optimize-transfer-line = { $model }：{ $before } → { $after } · { $share }
optimize-change = 変化の大きさ
optimize-norms = 画素の{ $changed }、色の変化は255段階中最大{ $linf }（L∞）、全体で{ $length }（L2）
optimize-footer = { $model } · { $steps }ステップ、{ $seconds } 秒 · ジョブ { $job }
optimize-picture-alt = { $mode ->
        [fool] 変更した写真
       *[other] 作られた画像
    }
optimize-sheet-alt = 始まりの画像、できた画像、16倍に強調した差、確率の曲線

optimize-step = 🎯 ステップ{ $step } / { $steps }：{ $target } さんの確率 { $chance }
optimize-stopping = 🎯 停止しています：ここまでの画像を判定して投稿します…
optimize-progress-alt = ここまでの画像と、損失と確率の曲線

optimize-stop-button = 停止
optimize-on-button = ▶️ 続ける
optimize-wider-button = ↔️ 変化の幅を2倍にする
optimize-robust-button = 🗜️ JPEGに耐えるようにする
optimize-again-button = 🎲 別の画像
