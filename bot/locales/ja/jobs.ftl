### /jobs and /show

jobs-title = { $everyone ->
        [yes] このサーバーの最近のジョブ
       *[no] あなたの最近のジョブ
    }
jobs-none = ジョブはまだありません。/classify で写真を送ってください。
jobs-line = `{ $job }` · { $state } · { $when }
jobs-line-member = `{ $job }` · <@{ $member }> · { $state } · { $when }
jobs-cancel-button = { $job } をキャンセル
jobs-choice = { $state } · { $file } · { $job }
job-state = { $state ->
        [received] 保存中
        [waiting] 待機中
        [dispatched] 順番待ち
        [running] 処理中
        [done] 完了
        [failed] 失敗
       *[cancelled] キャンセル済み
    }
job-place = { $ahead ->
        [0] 次の順番
       *[other] あと{ $ahead }件
    }
job-eta = 約{ $seconds }秒
show-not-yet = このジョブはまだ終わっていません（{ $state }）。終わりしだい結果を投稿します。
show-cancelled = このジョブはキャンセルされたため、結果がありません。写真をもう一度送ってください。
cancel-done = キャンセルしました。
cancel-asked = 処理中のマシンに中止を依頼しました。
