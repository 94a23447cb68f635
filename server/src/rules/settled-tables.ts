/** Tables that hold what somebody sets up rather than what the program produces: small, and hardly ever written. */
const SET_UP =
  /setting|config|options?$|preference|propert(y|ies)$|flag|feature|plans?$|tier|roles?$|permission|currenc|countr(y|ies)|region|locale|language|translation|tax(es)?$|shipping|delivery|categor(y|ies)$|catalog|inventory|model_?info|instance|site_?(info|settings)?s?$/i;

export function isSetUp(table: string): boolean {
  return SET_UP.test(table);
}
