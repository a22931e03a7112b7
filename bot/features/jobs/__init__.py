"""/jobs and /show: the jobs that members requested, and the button that cancels one."""
