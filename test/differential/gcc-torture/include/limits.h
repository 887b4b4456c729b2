/* Of these gcc has its own, which asks for one more. */
