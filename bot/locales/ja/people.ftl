### Naming faces, and the people who are known.

face-yes-button = { $number } ✓ { $name }
face-no-button = { $number } ✗ { $name }ではない
face-other-button = { $number } 別の人…
face-who-button = { $number } この人は…
face-why-button = { $number } なぜ？
face-change-button = { $number } 変更…
faces-placeholder = 名前を付ける・訂正する顔を選んでください
faces-page-placeholder = { $first }～{ $last }番の顔
face-option = { $number } · { $name }
face-prompt = { $number }番の顔は、この人で合っていますか？

person-placeholder = 人を選んでください
person-share-option = 似ている度合い { NUMBER($share, style: "percent") }
name-title = { $number }番の顔は誰ですか？
name-label = 名前
name-placeholder = この人の写真に表示する名前
name-who-label = 登録されている人から選ぶ
name-other-label = または、名前を入力する
name-other-description = 新しい人や、一覧にない人の名前を入力してください。両方に記入すると、入力した名前を優先します。
name-nothing = 人が選ばれておらず、名前も入力されていないため、{ $number }番の顔はそのままです。お手数ですが、もう一度ボタンを押してください。
name-typed-counts = **{ $chosen }** さんを選び、**{ $typed }** と入力されました。入力された名前を優先し、{ $number }番の顔を **{ $typed }** さんとして登録しました。**{ $chosen }** さんの場合は、「{ $number } 変更…」を押してください。

faces-name-button = まとめて名前を付ける（{ $numbers }）…
names-title = この人たちは誰ですか？
names-face-label = { $number }番の顔
names-placeholder = 名前（空欄のままでもかまいません）
names-likely-placeholder = { $name } さん？（空欄のままでもかまいません）
names-nothing = 名前が入力されていないため、何も変更していません。お手数ですが、もう一度ボタンを押してください。
names-all-named = この写真の顔には、すべて名前が付いています。ありがとうございます。
names-refused = **{ $number }** · { $reason }
names-saved = ありがとうございます。登録しました：{ $saved }
names-saved-face = **{ $number }** { $name } さん

label-saved = ありがとうございます。{ $number }番の顔を **{ $name }** さんとして登録しました（写真{ $pictures }枚）。
label-rejected = 承知しました。{ $number }番の顔は **{ $name }** さんではないと記録しました。

people-title = { $people }人が登録されています
people-line = **{ $name }** · 写真{ $pictures }枚
people-line-aliases = 別名 { $aliases }
people-aliases = **{ $name }** さんの別名：{ $aliases }
people-aliases-none = **{ $name }** さんに別名はありません。「追加」で読み仮名などを登録できます。
people-added = 承知しました。**{ $name }** さんを登録しました（写真はまだありません）。写真の下の「この人は…」を押し、この名前を入力してください。
people-not-compared = うち{ $pictures }枚は元の写真がないため、更新後は照合できません。別の写真で名前を付けてください。
people-objects = 名前の表示や顔の加工を望んでいません
people-objection-recorded = 承知しました。これからは、**{ $name }** さんと思われる顔には名前を表示せず、見た目の年齢も答えず、加工もしません。名前を表示していた回答の画像は削除します（投稿済みのメッセージは残ります）。名前の付いた写真が多いほど確実です。
people-objection-withdrawn = 承知しました。**{ $name }** さんの申し出を取り消しました。これからは、名前やほかの年齢を表示できます。
people-history-title = { $name } さんの名前付けの履歴
people-history-line = { $label ->
        [is-not] { $member } が、この人の顔ではないと記録しました
       *[is] { $member } が、この人の顔として登録しました
    }
people-history-operator = このボットの運用者、または情報を削除した人
people-history-message = メッセージ
people-history-more = …ほかに、これより古い記録が{ $labels }件あります
people-history-none = この名前が付けられた顔はありません。取り込まれた写真に付いていた名前です。
people-renamed = **{ $before }** さんの名前を **{ $name }** に変えました。
people-merge-question = **{ $name }** さん（写真{ $pictures }枚）と **{ $into }** さん（写真{ $others }枚）は同じ人ですか？ 統合後の名前は **{ $into }** になり、元に戻すことはできません。
people-merge-button = 同じ人です
people-merged = **{ $merged }** さんを **{ $name }** さんに統合しました（写真{ $pictures }枚）。
people-remove-question = **{ $name }** さん（写真{ $pictures }枚）を、この人についての記録や、ほかに名前の付いた人が写っていない写真とともに削除しますか？ 元に戻すことはできません。
people-remove-button = { $name }を削除する
people-removed = **{ $name }** さんを削除しました。削除した顔：{ $faces }。削除した写真：{ $photos }枚。
people-removed-datasets = 取り込んだ写真は、次のデータセットに残っています：{ $datasets }。このボットの運用者が「omokage data remove」で取り除けます。
people-removed-versions = その写真で学習した次のモデルは、今後この名前を答えません：{ $versions }。
people-none = まだ誰も登録されていません。/classify で写真を送り、顔の下の「この人は…」を押してください。
people-previous-button = ◀ 前へ
people-next-button = 次へ ▶
people-footer = { $page } / { $pages } ページ

people-public-listed = **{ $name }** を公人の一覧に登録しました。チャットの写真から学ぶのは、`/settings learning` で許可されている場合だけです。
people-public-unlisted = **{ $name }** を公人の一覧から外しました。
why-title = { $number }番の顔：なぜ { $name } さん？
why-only = **{ $name }** さんの写真は{ $count }枚しか登録されていません（{ NUMBER($before, style: "percent") }）。これらがなければ、この名前は分かりません。
why-decisive = { $count }枚のうち、この{ $pictures }枚が決め手です。これらがなければ、{ NUMBER($before, style: "percent") }ではなく **{ NUMBER($after, style: "percent") }** になります。
why-robust = { $count }枚の写真に、決め手となる{ $pictures }枚はありません。最も影響の大きいこれらがなくても、{ NUMBER($before, style: "percent") }が **{ NUMBER($after, style: "percent") }** になるだけです。
why-needed = { $count }枚のうち{ $needed }枚がなくなって初めて、この名前を答えなくなります。
why-needed-more = 12枚の写真がなくなっても、この名前を答えます。
why-trained = 回答の{ NUMBER($share, style: "percent") }は { $model } によるものです。学習済みモデルが写真なしで何と答えるかは、学習し直さないと分かりません。ここでの数値は、名前の付いた写真と顔を直接比べたものです。
why-changed = 回答では{ NUMBER($share, style: "percent") }でした。その後、名前が追加・変更されています。
why-picture = **{ $number }** · { $when } · 名前を付けた人：{ $member }
why-copies = 同じ写真のコピー{ $copies }枚を含む
why-gone = 写真はもう保存されていません
why-blurred = この人はほかの年齢での表示を望んでいないため、ここでも顔をぼかしています。
why-picture-alt = 顔と、その名前の根拠となった写真{ $pictures }枚
why-footer = あなただけに表示されています · ジョブ { $job }

people-exported = このサーバーの{ $people }人の、顔{ $faces }個と写真{ $photos }枚です。このファイルがあれば、後でここから消去した人のものも含めて、すべてを見られます。安全な場所に保管し、用が済んだら削除してください。ボットにあるファイルは1分以内に削除します。`omokage people import` で取り込めます。
people-export-too-large = 全員の写真が大きすぎて、メッセージに添付できません。ボットの管理者が次のコマンドで書き出せます：`omokage people export people.zip --guild { $guild }`
people-export-gone = このファイルは削除済みです（投稿するまでの間だけ保存します）。/people export でもう一度書き出せます。
people-export-alt = このサーバーの全員（zipファイル）
split-list-title = { $name } さんの写真のうち、別の人のものはどれですか？
split-picture-alt = 番号付きの顔{ $pictures }枚の一覧
split-blurred = -# この人は顔の表示を望んでいないため、顔をぼかしています。
split-button = 写真を選ぶ…
split-title = { $name } さんを分ける
split-faces-label = 別の人の写真
split-name-label = その人の名前
split-option = { $number } · { $date }
split-done = { $faces }個の顔を **{ $other }** さんのものにしました（写真{ $pictures }枚）。**{ $other }** さんと **{ $name }** さんは別の人だと記録しました。
split-versions = それ以前に学習した次のモデルは、学習し直すまで二人とも **{ $name }** さんと答えます：{ $versions }
