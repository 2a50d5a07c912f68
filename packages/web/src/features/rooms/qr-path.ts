// oxlint-disable-next-line import/no-named-as-default -- its types know the default only
import qrcode from 'qrcode-generator';

/** The dark squares of a QR code as one SVG path, one unit a square. */
export function qrPath(text: string): { readonly size: number; readonly d: string } {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let d = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) d += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { size, d };
}
