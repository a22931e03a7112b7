### Which of several faces in a photo is meant.

choice-title = この写真には{ $faces }人の顔が写っています
choice-text = どの顔を使いますか？番号は画像の中にあります。
choice-footer = ジョブ { $job }
choice-alt = { $faces }人の顔に番号を付けた写真
choice-placeholder = 顔を選んでください…
choice-face-option = 顔{ $number }
