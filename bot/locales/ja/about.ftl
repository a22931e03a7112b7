### /help, /about, /health

help-title = Omokageでできること
help-line = **/{ $command }** – { $description }
help-group = **/{ $command }** … { $inner } – { $description }
help-menu-line = **{ $menu }** – メッセージのメニュー（アプリ）から：{ $description }
help-how = **/classify** で写真を送ってください。結果の下の **この人は…**（5人までは **まとめて名前を付ける**）を押して名前を教えると、次からその人の写真に名前が付きます。**✓** で名前を確定し、**✗** でその顔に同じ名前が付かないようにします。**/teach** で学習用の写真を提供でき、**/label start** では9個ずつだれの顔かを答えられます。**/generate** では実在しない顔を描きます。結果の下からバリエーションやアニメーションなどを選べます。**/age** では、写真の顔を別の年齢にして見られます。**/optimize** では、人の目にはほとんど変わらない写真やノイズで、認識モデルがだまされる様子を見られます。

about-title = Omokage { $version }
about-text = 面影は、記憶に残る顔の名残です。写真に誰が写っているかを答え、チャットの皆さんから学ぶ、自分で運用できるボットです。
about-privacy-title = 写真の取り扱い
about-privacy = 送っていただいた写真だけを見ます。写真はこのボットの管理者のマシンに保存され、このサーバー以外で使われることはありません。メンバーが名前を付けた顔だけを、人の判別に使います。
about-licence-title = ライセンス
about-licence = MIT

health-title = { $healthy ->
        [yes] すべて正常に動いています
       *[no] 確認が必要な項目があります
    }
health-gateway = Discordとの接続
health-database = データベース
health-queue = 待ち行列
health-worker = 写真の読み取り
health-memory = ボットのメモリー
health-tasks = バックグラウンド処理
health-milliseconds = { $ms } ミリ秒
health-megabytes = { $megabytes } MB
health-backlog = 待機 { $waiting }、順番待ち { $dispatched }、処理中 { $running }
health-worker-busy = 処理中
health-worker-idle = 待機中（依頼なし）
health-worker-away = 停止中（写真は復旧までお預かりします）
health-worker-seen = { $seconds }秒前に確認
health-tasks-all = { $running }件すべて動作中
health-tasks-stopped = 停止：{ $names }
health-unreachable = 接続できません
