### /worker

worker-status-title = { $alive ->
        [0] 動いているワーカーはありません
       *[other] 動いているワーカー：{ $alive }
    }{ $gone ->
        [0] { "" }
       *[other] （応答なし：{ $gone }）
    }
worker-none = この1時間に動いたワーカーはありません。
worker-rest = … ほかに、より前に起動したものが{ $count }件あります。すべての一覧は `omokage workers` で見られます。
worker-queue = 待ち行列 **{ $queue }**：ワーカー { $workers } · 待機 { $waiting } · バックグラウンド { $background } · 処理中 { $running }
worker-oldest = 最長 { $age }待ち
worker-unattended = ⚠️ 引き受けるワーカーがありません
worker-state = { $state ->
        [alive] { $seen }前に応答
        [draining] 処理中のジョブを終えて終了します
       *[gone] ⚠️ 応答なし（最後の応答は{ $seen }前）
    }
worker-idle = 待機中（依頼なし）
worker-job = { $kind }（{ $age }）
worker-other-job = 処理中（{ $age }）
worker-models = 読み込み済み：{ $models }
worker-code = { $version } `{ $revision }`
worker-oddity = { $oddity ->
        [other-code] ⚠️ 最新のワーカーとコードが異なります
        [other-libraries] ⚠️ 最新のワーカーとライブラリーが異なります
       *[no-gpu] ⚠️ TensorFlowがGPUを使っていません
    }
