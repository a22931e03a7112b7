"""`omokage spot`: prices of interruptible machines as a chart in the terminal."""
