import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Landing page of the workflow: what waits for the user, counted; a card opens its list. */
export class BillHome extends Component {
    static template = "openpce_vendor_bill_workflow.BillHome";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ cards: [] });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.cards = await this.orm.call("openpce.bill", "get_home");
    }

    get waiting() {
        return this.state.cards.some((card) => card.count);
    }

    /** @param {Object} card as `get_home` gives it */
    open(card) {
        // the card's own filters instead of those that its list starts with
        const additionalContext = { search_default_with_me: false, search_default_mine: false };
        for (const name of card.filters) {
            additionalContext[`search_default_${name}`] = 1;
        }
        return this.action.doAction(card.action, { additionalContext });
    }
}

registry.category("actions").add("openpce_bill_home", BillHome);
