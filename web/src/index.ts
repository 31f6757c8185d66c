/** The widget's one file: defines `<vitamin-d-chat>`. */
import { VitaminDChat } from "./element";

if (!customElements.get("vitamin-d-chat")) customElements.define("vitamin-d-chat", VitaminDChat);
