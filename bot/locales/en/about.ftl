### /help, /about, /health

help-title = What Omokage can do
help-line = **/{ $command }** – { $description }
help-group = **/{ $command }** … { $inner } – { $description }
help-menu-line = **{ $menu }** – in the menu of a message (Apps): { $description }
help-how = Send a photo with **/classify**. Under the answer, press **This is …** to tell me who somebody is, or **Name these faces** for up to five at once: the next photo of that person comes back with the name. **✓** confirms a name, **✗** makes sure that it is not given to that face again. **/teach** takes photos to learn from, and **/label start** asks you whom nine faces at a time show. **/generate** draws faces that never were: press what is below them for variations, films and more. **/age** shows the faces of a photo older or younger. **/optimize** shows how the recogniser can be fooled: with a photo that hardly changes to our eyes, or with noise.

about-title = Omokage { $version }
about-text = 面影 (omokage): the trace of a face one remembers. A self-hosted bot that says who is in a photo, and learns from the people in the chat.
about-privacy-title = Your pictures
about-privacy = I look only at photos that are sent to me. They are kept on the machine of whoever runs this bot, never leave this server's part of it, and are used to recognise somebody only after a member has named the face.
about-licence-title = Licence
about-licence = MIT

health-title = { $healthy ->
        [yes] Everything is running
       *[no] Something needs attention
    }
health-gateway = Connection to Discord
health-database = Database
health-queue = Queue
health-worker = Photo reader
health-memory = Memory of the bot
health-tasks = Background tasks
health-milliseconds = { $ms } ms
health-megabytes = { $megabytes } MB
health-backlog = { $waiting } waiting, { $dispatched } in the queue, { $running } being worked on
health-worker-busy = at work
health-worker-idle = nothing to do
health-worker-away = away: photos wait until it is back
health-worker-seen = last seen { $seconds } s ago
health-tasks-all = all { $running } are running
health-tasks-stopped = stopped: { $names }
health-unreachable = not reachable
