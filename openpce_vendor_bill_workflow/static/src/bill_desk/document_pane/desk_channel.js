import { session } from "@web/session";
import { user } from "@web/core/user";

/**
 * Talk between the desk and its second window, in one browser. Nobody else hears it, but another
 * user may have worked in the same browser: what comes is only taken from the same one.
 */
export class DeskChannel {
    /** @param {(message: {type: string}) => void} onMessage */
    constructor(onMessage) {
        this.sender = `${session.db}:${user.userId}`;
        this.channel = new BroadcastChannel("openpce_bill_desk");
        this.channel.onmessage = ({ data }) => {
            if (data?.sender === this.sender) {
                onMessage(data);
            }
        };
    }

    send(type, content = {}) {
        // plain data: reactive objects cannot be sent
        const plain = JSON.parse(JSON.stringify(content));
        this.channel.postMessage({ ...plain, type, sender: this.sender });
    }

    close() {
        this.channel.close();
    }
}
