// NiiVue with one volume, one axial pane and its own pen: `window.niivue` once it is ready to draw.
import { Niivue, SLICE_TYPE } from './node_modules/@niivue/niivue/dist/index.js';

const asked = new URLSearchParams(location.search);
const frame = document.getElementById('frame');
frame.style.width = `${asked.get('width')}px`;
frame.style.height = `${asked.get('height')}px`;

const niivue = new Niivue({ isResizeCanvas: true, show3Dcrosshair: false, loadingText: '' });
await niivue.attachToCanvas(document.getElementById('canvas'));
await niivue.loadVolumes([{ url: 'image.nii.gz' }]);
niivue.setSliceType(SLICE_TYPE.AXIAL);
niivue.createEmptyDrawing();
niivue.setDrawingEnabled(true);
niivue.setPenValue(1, false);
niivue.opts.penSize = Number(asked.get('pen_voxels'));
niivue.drawScene();
window.niivue = niivue;
