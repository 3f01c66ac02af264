/** The name is in the token, and a request with a token of more than 8 KiB is refused. */
export const MAX_NAME_LENGTH = 100;
export const MIN_PASSWORD_LENGTH = 8;
