// Lets the types be checked before the first build has made the file.
declare module "*/build/server/index.js";
