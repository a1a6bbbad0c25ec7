import { registry } from "@web/core/registry";
import { processButton } from "@web/views/utils";
import { BillDeskController } from "./bill_desk_controller";
import { BillDeskModel } from "./bill_desk_model";

/** Reads `<bill_desk form_view="id"><header><button …/></header></bill_desk>`. */
export class BillDeskArchParser {
    /**
     * @param {Element} arch
     * @returns {{ formViewId: number, buttons: Object[] }} the form beside the document, and what is
     *      done with several bills at once
     */
    parse(arch) {
        return {
            formViewId: Number(arch.getAttribute("form_view")),
            buttons: [...arch.querySelectorAll("header > button")].map((node, id) => ({
                ...processButton(node),
                id,
            })),
        };
    }
}

export const billDeskView = {
    type: "bill_desk",
    Controller: BillDeskController,
    Model: BillDeskModel,
    ArchParser: BillDeskArchParser,
    searchMenuTypes: ["filter", "favorite"],
    props: ({ arch, ...props }, view) => ({
        ...props,
        arch,
        Model: view.Model,
        archInfo: new view.ArchParser().parse(arch),
    }),
};

registry.category("views").add("bill_desk", billDeskView);
