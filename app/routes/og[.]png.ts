export { loader } from "./og.$.ts";
