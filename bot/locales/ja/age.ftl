### /age: the faces of a photo at another age.

age-photo-choice = photo – 写真の顔を別の年齢にします
age-strip-choice = strip – 1人の顔を10歳ごとに並べます
age-film-choice = film – 1人の顔が若い頃から年を重ねていくアニメーション

age-to-title = { $age }歳の顔
age-years-title = { $years }年{ $way ->
        [younger] 前
       *[older] 後
    }の顔
age-strip-title = 10歳ごとの顔
age-film-title = 年を重ねていく顔
age-refused-title = { $faces ->
        [1] 顔はそのままにしました
       *[other] どの顔もそのままにしました
    }
age-present = 見た目は約 **{ $age }歳**（±{ $error }歳）
age-shown = **{ $age }歳**
age-same-person = { $ages ->
        [all] どの年齢でも同じ人に見える度合い：{ NUMBER($share, style: "percent") }以上
       *[one] 同じ人に見える度合い：{ NUMBER($share, style: "percent") }
    }
age-refusal-objected = そのままにしました：ご本人が、ほかの年齢で表示されることを望んでいません
age-refusal-profile = そのままにしました：横顔です。正面から撮った写真でお試しください
age-refusal-sunglasses = そのままにしました：サングラスで顔が隠れています
age-refusal-too-small = そのままにしました：顔が小さすぎます。もっと大きく写った写真でお試しください
age-refusal-unlike-training = そのままにしました：このモデルが学習した顔とは異なります
age-refusal-child = そのままにしました：お子さまの顔は、近い年齢でのみ表示します
age-no-prediction = お楽しみ用です。実際の姿を予測するものではありません。
age-starter = このモデルはOmokageに付属のもので、描かれた人物しか知りません。写真用のモデルは、権利をお持ちの写真を使い、/train start reage で学習させてください。
age-footer = { $model } · ジョブ { $job }
age-alt = { $output ->
        [strip] 写真の顔と、10歳ごとの同じ人の顔を横に並べた画像
        [film] 1人の顔が若い頃から年を重ねていくアニメーション
       *[photo] 顔を別の年齢にした写真
    }

age-to-button = { $age }歳
age-strip-button = ↔️ 10歳ごと
age-film-button = 🎞️ アニメーション
age-faces-placeholder = 👤 一部の顔だけにする…
