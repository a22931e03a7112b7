### Naming faces, and the people who are known.

face-yes-button = { $number } ✓ { $name }
face-no-button = { $number } ✗ { $name }ではない
face-other-button = { $number } 別の人…
face-who-button = { $number } この人は…
face-change-button = { $number } 変更…
faces-placeholder = 名前を付ける・訂正する顔を選んでください
faces-page-placeholder = { $first }～{ $last }番の顔
face-option = { $number } · { $name }
face-prompt = { $number }番の顔は、この人で合っていますか？
face-prompt-unknown = { $number }番の顔は誰ですか？

person-prompt = { $number }番の顔は誰ですか？
person-placeholder = 人を選んでください
person-new-option = 別の名前・新しい名前を入力…
person-share-option = 似ている度合い { NUMBER($share, style: "percent") }
name-title = { $number }番の顔は誰ですか？
name-label = 名前
name-placeholder = この人の写真に表示する名前

label-saved = ありがとうございます。{ $number }番の顔を **{ $name }** さんとして登録しました（写真{ $pictures }枚）。
label-rejected = 承知しました。{ $number }番の顔は **{ $name }** さんではないと記録しました。

people-title = { $people }人が登録されています
people-line = **{ $name }** · 写真{ $pictures }枚
people-none = まだ誰も登録されていません。/classify で写真を送り、顔の下の「この人は…」を押してください。
people-previous-button = ◀ 前へ
people-next-button = 次へ ▶
people-footer = { $page } / { $pages } ページ
