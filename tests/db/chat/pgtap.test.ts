import { runPgtap } from '../../helpers/pgtap.ts';

runPgtap('chat');
