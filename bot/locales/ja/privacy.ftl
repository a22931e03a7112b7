### What is kept, how long and why; the own data; forgetting people and members.

privacy-about-title = 保存している情報と、あなたにできること
privacy-about-kept = 保存している情報
privacy-about-kept-text = コマンドで送られた写真、その回答、依頼した人です。ほかのメッセージは読まず、学習にも使いません。顔を覚えるのは、誰かが名前を付けたときだけです。
privacy-about-people = 顔について
privacy-about-people-text = 写真の中の顔の位置と、顔を見分けるための数値（特徴量）を保存します。これは生体情報です。名前のない顔は回答とともに削除し、名前のある顔は、名前が取り消されるまで保存します。
privacy-about-rights = あなたにできること
privacy-about-rights-text =
    `/privacy my-data` でこのサーバーにあるあなたの情報の件数を確認し、`/privacy export` で受け取り、`/privacy forget-me` で削除できます。
    ここの写真に写っていて、それを望まない場合は、モデレーターに伝えてください。`/people object` で名前の表示や加工を止め、`/privacy forget-person` であなたの情報をすべて削除できます。
privacy-about-operator = 責任者
privacy-about-operator-text = このボットを自分の機械で動かしている運用者です。情報はDiscord以外には送られず、ほかのサーバーからは見えません。保存期間は `/privacy policy` で確認できます。

privacy-policy-title = 保存期間
privacy-policy-times = 期間
privacy-policy-times-text =
    写真と回答：{ $days ->
        [0] 誰かが削除するまで
       *[other] 回答から{ $days }日
    }。返信用のトークン：15分。名前のある顔、データセット、モデル：誰かが削除するまで。本人の申し出：取り消されるまで。
privacy-policy-deletion = 削除
privacy-policy-deletion-text = `/privacy forget-person` は、顔、特徴量、写真、回答の中の名前をただちに削除します。その人から学習したデータセットとモデルは取り下げ、その人を除いて作り直します。名前を含まない証明書が残ります。
privacy-policy-purpose = 利用目的
privacy-policy-purpose-text = このサーバーの中で、写真の人の名前を答え、画像を作るためだけに使います。販売や提供はしません。
privacy-policy-law = 法律上の扱い
privacy-policy-law-text = 顔の特徴量は生体情報です。GDPR第9条の特別な種類の個人データ、イリノイ州法（BIPA）の生体識別子、日本の個人情報保護法の個人識別符号にあたります。同意などの根拠が必要で、その責任はこのボットの運用者とモデレーターにあります。これは法的助言ではありません。
privacy-policy-footer = 全文は、ボットに付属する docs/privacy.md にあります。

privacy-my-data-title = このサーバーにあるあなたの情報
privacy-my-data-none = ありません。コマンドを使うと、記録が残ります。
privacy-my-data-text = `/privacy export` で受け取り、`/privacy forget-me` で削除できます。
privacy-my-data-kept = 削除を求めると消えるもの
privacy-my-data-made = 残るが、誰のものか分からなくなるもの
privacy-count = { $kind ->
        [jobs] コマンド：{ $count }件
        [photos] 写真：{ $count }枚
        [pictures] 回答の画像：{ $count }枚
        [labels] 顔に付けた名前（誰が付けたか分からない形で残ります）：{ $count }件
        [people] 最初に名前を付けた人（同じ形で残ります）：{ $count }人
        [cards] ラベル付けのカード：{ $count }枚
        [votes] 顔への投票：{ $count }件
        [rates] カードでの間違いの割合：{ $count }件
        [datasets] データセット：{ $count }件
        [trainings] 学習：{ $count }件
        [models] モデルのバージョン：{ $count }件
        [promotions] モデルについての決定：{ $count }件
        [settings] 設定：{ $count }件
       *[receipts] あなたが消去した人の証明書：{ $count }件
    }
privacy-exported = このサーバーにあるあなたの情報です。
privacy-export-parts = このサーバーにあるあなたの情報です。写真と画像{ $files }枚は、合計がDiscordの上限を超えるため含まれていません。このボットの運用者に求めてください。
privacy-export-alt = あなたの情報：JSON、写真、回答

privacy-forget-me-question =
    このサーバーであなたがしたことを削除しますか？ コマンド、写真、回答、カード、投票を削除します。顔に付けた名前は、ほかの人についての事実として残りますが、誰が付けたかは分からなくなります。学習や設定も同じです。すでにデータセットに入っている写真は残りますが、誰が送ったかは記録されていません。
    チャットのメッセージはご自身で削除してください。元に戻すことはできず、このサーバーだけが対象です。
privacy-forget-me-button = 自分の情報を削除する
privacy-forgot-me = 削除しました。ここには、あなただと分かる記録は残っていません。証明書（誰のものかは書かれていません）：`{ $receipt }`

privacy-forget-question = **{ $name }** さん（写真{ $pictures }枚）の情報を消去しますか？ 顔、特徴量、投票、回答の中の名前、そして**この人が写っているすべての写真を、ほかの人が一緒に写っているものも含めて**削除します。ほかの人は、写真がなくても引き続き見分けられます。データセットはこの人を除いて作り直します。この人の写真で学習したモデルは取り下げ、数秒で学習できるものは学習し直し、ほかは削除します。そのデータでの学習は終了します。元に戻すことはできません。
privacy-forget-button = { $name }を消去する
privacy-forgotten = **{ $name }** さんの情報を消去しました。削除した顔：{ $faces }。削除した写真：{ $photos }枚。
privacy-forgotten-datasets = 取り下げたデータセット（最新のものは、この人を除いて作り直します）：{ $datasets }。
privacy-forgotten-versions = 取り下げたモデル：{ $versions }。
privacy-forgotten-unknown = 次のモデルのデータセットはすでに削除されていたため、誰が含まれていたか分かりません：{ $versions }。
privacy-forgotten-done = すべて完了しました。投稿済みのメッセージは残るので、ご自身で削除してください。
privacy-forgotten-waits = 残りはワーカーが空きしだい行い、完了すると証明書に表示されます。投稿済みのメッセージは残るので、ご自身で削除してください。
privacy-receipt-button = 証明書
privacy-receipt-title = 消去の証明書
privacy-receipt-when = 依頼：{ $when }
privacy-receipt-done = ✅ すべて完了しました。
privacy-receipt-waits = ⏳ ワーカーがデータセットとモデルを作り直しています。
privacy-receipt-counts = 削除・取り下げの件数
privacy-receipt-heads = モデル（前 → 後）
privacy-receipt-datasets = データセット（前 → 後）
privacy-receipt-nothing = なし
privacy-deleted = { $kind ->
        [faces] 顔と特徴量：{ $count }
        [photos] 写真：{ $count }枚
        [labels] ラベル：{ $count }件
        [votes] 投票：{ $count }件
        [answers] 名前を消した回答：{ $count }件
        [jobs] 削除したほかの回答：{ $count }件
        [datasets] データセットのバージョン：{ $count }件
        [versions] モデルのバージョン：{ $count }件
       *[checkpoints] チェックポイント：{ $count }件
    }
