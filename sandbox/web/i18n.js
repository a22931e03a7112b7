// The chat's own words. The bot's words come from the bot, in the member's language.

import { state } from "./store.js";

const EN = {
  choose_member: "You are", moderator: "moderator", member: "member", channels: "Channels",
  welcome: "Welcome to #{channel}",
  welcome_1: "This is a Discord of your own, on this machine only: try every command here, nobody else can see it.",
  welcome_2: "Press the button, choose one of the pictures, and send it. Then say who the people are, and try another picture.",
  try_it: "Who is in this photo?",
  placeholder: "Write to #{channel}, or type / for commands", send: "Send", attach: "Attach a file",
  thinking: "{name} is thinking", ephemeral: "Only you can see this", dismiss: "Dismiss", edited: "(edited)",
  used: "used", apps: "Apps", no_match: "No such command", required: "required", optional: "optional",
  add_option: "Add", drop: "Drop a file here, paste it, or click to choose", ready_made: "Ready-made pictures",
  remove: "Remove", is_required: "This is required.", not_number: "This must be a number.",
  not_whole: "This must be a whole number.", below: "At least {value}.", above: "At most {value}.",
  too_large: "Files may have 10 MiB at most.", not_choice: "Choose one of the list.", nothing: "Nothing found",
  choose: "Choose…", done: "Done", cancel: "Cancel", submit: "Submit", close: "Close", yes: "Yes", no: "No",
  no_answer: "The application did not respond", new_messages: "New messages", bot_away: "The bot is not connected yet.",
  sandbox_away: "The sandbox is away. Trying again…", drop_anywhere: "Drop to attach", open_picture: "Open the picture",
  more: "More actions", no_apps: "No commands for messages", app: "APP", today: "Today at {time}", menu: "Channels and members",
};
const JA = {
  choose_member: "あなたは", moderator: "モデレーター", member: "メンバー", channels: "チャンネル",
  welcome: "#{channel} へようこそ",
  welcome_1: "このパソコンの中だけで動く、あなた専用の Discord です。すべてのコマンドを試せます。ほかの人には見えません。",
  welcome_2: "下のボタンを押し、写真を選んで送信してください。写っている人の名前を教えたら、別の写真も試してみましょう。",
  try_it: "この写真は誰ですか？",
  placeholder: "#{channel} に送信（/ でコマンド一覧）", send: "送信", attach: "ファイルを添付",
  thinking: "{name} が考えています", ephemeral: "これはあなただけに表示されています", dismiss: "閉じる", edited: "(編集済み)",
  used: "が使用：", apps: "アプリ", no_match: "該当するコマンドがありません", required: "必須", optional: "任意",
  add_option: "追加", drop: "ここにファイルをドロップ、貼り付け、またはクリックして選択", ready_made: "用意された写真",
  remove: "取り除く", is_required: "この項目は必須です。", not_number: "数値を入力してください。",
  not_whole: "整数を入力してください。", below: "{value} 以上にしてください。", above: "{value} 以下にしてください。",
  too_large: "ファイルは 10 MiB までです。", not_choice: "一覧から選んでください。", nothing: "見つかりません",
  choose: "選択…", done: "完了", cancel: "キャンセル", submit: "送信", close: "閉じる", yes: "はい", no: "いいえ",
  no_answer: "アプリケーションが応答しませんでした", new_messages: "新しいメッセージ", bot_away: "ボットはまだ接続していません。",
  sandbox_away: "サンドボックスに接続できません。再試行しています…", drop_anywhere: "ドロップして添付", open_picture: "写真を開く",
  more: "その他の操作", no_apps: "メッセージ用のコマンドがありません", app: "アプリ", today: "今日 {time}", menu: "チャンネルとメンバー",
};

/** The member's Discord locale. */
export function locale() {
  return state.me?.locale ?? "en-US";
}

/** The chat's word for `key`, with {placeables} filled in. */
export function word(key, values = {}) {
  const text = (locale() === "ja" ? JA : EN)[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A registered name or description in the member's language. */
export function localised(object, field) {
  return object[`${field}_localizations`]?.[locale()] ?? object[field];
}
