import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/** One end of a range of amounts: nothing typed, or zero, is no limit. */
export class AmountLimitField extends MonetaryField {
    get formattedValue() {
        if (this.value) {
            return super.formattedValue;
        }
        return this.props.readonly ? _t("no limit").toString() : "";
    }
}

registry.category("fields").add("openpce_amount_limit", {
    ...monetaryField,
    component: AmountLimitField,
    displayName: _t("Amount, zero for no limit"),
    supportedTypes: ["monetary", "float"],
});
