"""What every service stands on: the kernel, the subjects, messaging, HTTP and the runtime."""

VERSION = "0.2.0"
